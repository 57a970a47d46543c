"""Scores a folder of labelled passkey responses: what is accepted and refused, rightly and wrongly.

    python tests/corpus.py FOLDER [--engine native|reference|both] [--trust]

The folder holds any of registrations.json, assertions.json, derived.json, anchors.json and mds-*.jwt. A record
tells the response, what the relying party asked for (`params`) and the verdict that is due (`expected`). What a
record does not ask for is not demanded, except that frames of other origins are refused and a user must be present.
Disputed records are counted apart. Ends with 1 where an undisputed verdict is wrong, or where nothing was scored.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import importlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from countermark.errors import Error

Record = Mapping[str, Any]

MODULES: Final = {"native": "countermark.webauthn", "reference": "countermark.reference"}
FILES: Final = ("registrations", "assertions", "derived")
KNOWN_PARAMS: Final = {
    *("allowCrossOrigin", "allowedAlgs", "appid", "clientExtensionResults", "compoundPolicy"),
    *("expectedOrigins", "expectedTopOrigins", "mediation", "requireTrust", "requireUserPresence"),
    *("requireUserVerification", "storedBackupEligible", "storedSignCount"),
}
NO_ID: Final = b"x"
CRASH: Final = "not an error of ours"


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one engine made of a record: a result, or why there is none."""

    result: Any = None
    code: str = ""
    message: str = ""

    @property
    def accepted(self) -> bool:
        return not self.code

    @property
    def is_verdict(self) -> bool:
        """Whether the record was judged: no crash, and no complaint about how it was asked."""
        return self.code != CRASH and not self.code.startswith("argument.")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A verdict that is not the one that is due."""

    record: Record
    outcome: Outcome
    group: str

    def __str__(self) -> str:
        reason = self.record.get("reason") or self.record.get("derivation") or "-"
        said = (
            "accepted" if self.outcome.accepted else f"{self.outcome.code}: {self.outcome.message}"
        )
        return (
            f"{self.record['id']} [{self.group}] {said} | due: {self.record['expected']}, {reason}"
        )


@dataclass(slots=True)
class Score:
    """The count of one group of records."""

    accepted: int = 0
    refused: int = 0
    wrong_accepts: int = 0
    wrong_rejects: int = 0
    disputed: int = 0
    disputed_as_labelled: int = 0

    @property
    def records(self) -> int:
        return self.undisputed + self.disputed

    @property
    def undisputed(self) -> int:
        return self.accepted + self.refused + self.wrong_accepts + self.wrong_rejects

    def add(self, record: Record, outcome: Outcome) -> bool:
        """Counts one verdict; whether it is as it should be, or open to dispute."""
        expected, accepted = record["expected"], outcome.accepted
        if expected not in ("valid", "invalid"):
            raise SystemExit(f"{record['id']}: not a verdict: {expected!r}")
        right = outcome.is_verdict and accepted == (expected == "valid")
        if record.get("disputed"):
            self.disputed += 1
            self.disputed_as_labelled += right
            return outcome.is_verdict
        if right:
            self.accepted += accepted
            self.refused += not accepted
        else:
            self.wrong_accepts += accepted
            self.wrong_rejects += not accepted
        return right

    def __add__(self, other: Score) -> Score:
        return Score(
            self.accepted + other.accepted,
            self.refused + other.refused,
            self.wrong_accepts + other.wrong_accepts,
            self.wrong_rejects + other.wrong_rejects,
            self.disputed + other.disputed,
            self.disputed_as_labelled + other.disputed_as_labelled,
        )


@dataclass(slots=True)
class Corpus:
    """The records of a folder.

    Attributes:
        records: by the name of their file.
        anchors: certificates in DER, by id.
        blobs: metadata, by the name of their file.
    """

    records: dict[str, list[Record]]
    anchors: dict[str, bytes]
    blobs: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> Corpus:
        records = {name: _array(folder / f"{name}.json") for name in FILES}
        anchors = {one["id"]: unb64u(one["der"]) for one in _array(folder / "anchors.json")}
        blobs = {path.name: path.read_text("ascii") for path in sorted(folder.glob("mds-*.jwt"))}
        return cls(records, anchors, blobs)


def _array(path: Path) -> list[Record]:
    if not path.is_file():
        return []
    found: list[Record] = json.loads(path.read_text("utf-8"))
    return found


class Engine:
    """One implementation, asked in the way of the records."""

    def __init__(self, name: str, corpus: Corpus) -> None:
        self.name = name
        self._corpus = corpus
        self._api = importlib.import_module(MODULES[name])

    def judge(self, record: Record, **choices: Any) -> Outcome:
        """What the engine makes of a record."""
        unknown = set(record["params"]) - KNOWN_PARAMS
        if unknown:
            raise SystemExit(f"{record['id']}: parameters this script does not know: {unknown}")
        try:
            return Outcome(self._verify(record, choices))
        except Error as error:
            return Outcome(None, error.code, str(error))
        except Exception as error:  # noqa: BLE001  # whatever else is raised is a finding, too
            return Outcome(None, CRASH, f"{type(error).__name__}: {error}")

    def _verify(self, record: Record, choices: Mapping[str, Any]) -> Any:
        registration = "attestationObject" in record
        if record.get("clientDataJSON") is None or record.get("rpId") is None:
            verify = self._statement if registration else self._signature
            return verify(record, choices)
        common = self._common(record)
        if registration:
            arguments = {**common, **self._attesting(record), **choices}
            return self._api.verify_registration(self._created(record), **arguments)
        arguments = {**common, **self._stored(record), **choices}
        return self._api.verify_authentication(self._signed(record), **arguments)

    # --- Arguments. ---

    @staticmethod
    def _common(record: Record) -> dict[str, Any]:
        params = record["params"]
        return {
            "challenge": record["challenge"],
            "origin": params.get("expectedOrigins", record["origin"]),
            "rp_id": record["rpId"],
            "top_origin": params.get("expectedTopOrigins"),
            "allow_cross_origin": params.get("allowCrossOrigin", False),
            "require_user_presence": _presence(params),
            "require_user_verification": params.get("requireUserVerification", False),
            "allow_sha1": True,
        }

    def _attesting(self, record: Record) -> dict[str, Any]:
        params = record["params"]
        choices: dict[str, Any] = {"require_tee": False}
        if "allowedAlgs" in params:
            choices["algorithms"] = params["allowedAlgs"]
        if "compoundPolicy" in params:
            choices["compound_policy"] = params["compoundPolicy"]
        # A record that says when and against which root to validate is judged so; what it leads to decides its
        # verdict only where trust is required.
        if params.get("requireTrust") or record.get("trustAnchor"):
            choices |= {"trust": self._trust(record), "at": self._time(record)}
            choices["require_trust"] = bool(params.get("requireTrust"))
        return choices

    @staticmethod
    def _stored(record: Record) -> dict[str, Any]:
        params = record["params"]
        return {
            "public_key": unb64u(record["credentialPublicKey"]),
            "sign_count": params.get("storedSignCount"),
            "backup_eligible": params.get("storedBackupEligible"),
            "appid": params.get("appid"),
        }

    def _created(self, record: Record) -> dict[str, Any]:
        identifier = self._identifier(record)
        members = {
            "clientDataJSON": record["clientDataJSON"],
            "attestationObject": record["attestationObject"],
        }
        return _response(identifier, members, record["params"])

    @staticmethod
    def _signed(record: Record) -> dict[str, Any]:
        members = {
            "clientDataJSON": record["clientDataJSON"],
            "authenticatorData": record["authenticatorData"],
            "signature": record["signature"],
        }
        return _response(NO_ID, members, record["params"])

    def _identifier(self, record: Record) -> bytes:
        parsed = self._parsed(record)
        return (parsed and parsed.authenticator_data.credential_id) or NO_ID

    def _parsed(self, record: Record) -> Any:
        try:
            return self._api.parse_attestation_object(unb64u(record["attestationObject"]))
        except Error:
            return None

    # --- Records that give no client data: the signature, and what else they tell. ---

    def _statement(self, record: Record, choices: Mapping[str, Any]) -> Any:
        attesting = {**self._attesting(record), **choices}
        attesting.pop("algorithms", None)
        result = self._api.verify_attestation_statement(
            unb64u(record["attestationObject"]),
            client_data_hash=_hash(record),
            allow_sha1=True,
            **attesting,
        )
        _check_authenticator_data(result.authenticator_data, record)
        return result

    def _signature(self, record: Record, _: Mapping[str, Any]) -> Any:
        data = self._api.verify_assertion_signature(
            unb64u(record["authenticatorData"]),
            unb64u(record["signature"]),
            client_data_hash=_hash(record),
            public_key=unb64u(record["credentialPublicKey"]),
            allow_sha1=True,
        )
        _check_authenticator_data(data, record)
        return data

    # --- Trust and metadata. ---

    def trust(self, record: Record) -> Outcome:
        """What the engine makes of a record where its anchors are given and not demanded."""
        choices = {"trust": self._trust(record), "at": self._time(record), "require_trust": False}
        return self.judge(record, **choices)

    def can_be_trusted(self, record: Record) -> bool:
        """Whether the record has certificates, anchors and a time."""
        if not (record.get("anchors") or record.get("trustAnchor")) or not self._at(record):
            return False
        try:
            parsed = self._parsed(record)
        except Exception:  # noqa: BLE001  # the verdict tells of it
            return False
        return parsed is not None and parsed.format != "none" and _certified(parsed)

    def _trust(self, record: Record) -> Any:
        roots = [self._corpus.anchors[name] for name in record.get("anchors") or ()]
        if record.get("trustAnchor"):
            roots.append(unb64u(record["trustAnchor"]))
        return self._api.TrustAnchors(roots)

    def _time(self, record: Record) -> int:
        window = self._at(record)
        if window is None:
            raise SystemExit(f"{record['id']}: trust is required and no time is given")
        # A statement that tells its own time is judged at that time.
        told = _told_time(self._parsed(record))
        return told if told is not None and window[0] <= told <= window[1] else sum(window) // 2

    @staticmethod
    def _at(record: Record) -> tuple[int, int] | None:
        facts = record.get("facts") or {}
        given = (record.get("time"),) * 2
        first, last = given if given[0] else (facts.get("not_before"), facts.get("not_after"))
        return None if first is None or last is None else (_seconds(first), _seconds(last))

    def entries(self, blob: str) -> Outcome:
        """The number of entries of a metadata BLOB."""
        try:
            return Outcome(len(self._api.Metadata.parse_unverified(blob).entries))
        except Error as error:
            return Outcome(None, error.code, str(error))


def _presence(params: Mapping[str, Any]) -> bool:
    conditional = params.get("mediation") == "conditional"
    return bool(params.get("requireUserPresence", not conditional))


def _response(
    identifier: bytes, members: Mapping[str, str], params: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "id": b64u(identifier),
        "rawId": b64u(identifier),
        "type": "public-key",
        "response": dict(members),
        "clientExtensionResults": params.get("clientExtensionResults", {}),
    }


def _hash(record: Record) -> bytes:
    if record.get("clientDataHash") is None:
        return hashlib.sha256(unb64u(record["clientDataJSON"])).digest()
    given = unb64u(record["clientDataHash"])
    # One suite writes its hash in hex.
    return bytes.fromhex(given.decode("ascii")) if len(given) == 64 else given


def _check_authenticator_data(data: Any, record: Record) -> None:
    """What a ceremony would check, as far as the record tells."""
    if record.get("rpId") is not None:
        expected = hashlib.sha256(record["rpId"].encode()).digest()
        if data.rp_id_hash != expected:
            raise Error("the data are for another id", code="authenticator_data.rp_id_mismatch")
    params = record["params"]
    if _presence(params) and not data.flags.user_present:
        raise Error("no user was there", code="authenticator_data.user_presence")
    if params.get("requireUserVerification") and not data.flags.user_verified:
        raise Error("no user was verified", code="authenticator_data.user_verification")


def _certified(parsed: Any) -> bool:
    """Whether the statement, or one inside it, has certificates."""
    statement = parsed.statement
    inner = [one["attStmt"] for one in statement] if isinstance(statement, list) else [statement]
    return any("x5c" in one or "response" in one for one in inner if isinstance(one, Mapping))


def _told_time(parsed: Any) -> int | None:
    if parsed is None or parsed.format != "android-safetynet":
        return None
    try:
        payload = json.loads(unb64u(bytes(parsed.statement["response"]).decode().split(".")[1]))
        return int(payload["timestampMs"]) // 1000
    except (KeyError, ValueError, TypeError, IndexError):
        return None


def _seconds(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


@dataclass(slots=True)
class Result:
    """What an engine came to over a folder."""

    engine: str
    scores: dict[str, Score] = field(default_factory=dict)
    limited: Score = field(default_factory=Score)
    wrong: list[Wrong] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> Score:
        return sum(self.scores.values(), Score())

    @property
    def failed(self) -> bool:
        return bool(self.wrong) or self.total.records + self.limited.records == 0


def score(corpus: Corpus, engine: Engine, *, trust: bool = False) -> Result:
    """Asks an engine for the verdict of every record."""
    result = Result(engine.name)
    for name, record in _records(corpus):
        group = f"{name} {record.get('fmt') or _kind(record)}"
        outcome = engine.judge(record)
        counted = result.scores.setdefault(group, Score())
        if not counted.add(record, outcome):
            result.wrong.append(Wrong(record, outcome, group))
        if record.get("limitedVerification") is not None:
            due = {**record, "expected": record["limitedVerification"]}
            outcome = engine.judge(record, limited_verification=True)
            if not result.limited.add(due, outcome):
                result.wrong.append(Wrong(due, outcome, "limited verification"))
    if trust:
        result.notes.extend(_paths(corpus, engine))
    for name, blob in corpus.blobs.items():
        found = engine.entries(blob)
        said = f"{found.result} entries" if found.accepted else f"{found.code}: {found.message}"
        result.notes.append(f"{name}: {said}")
    return result


def _kind(record: Record) -> str:
    return "without a format" if "attestationObject" in record else "assertion"


def _records(corpus: Corpus) -> Iterator[tuple[str, Record]]:
    for name, records in corpus.records.items():
        for record in records:
            yield name, record


def _paths(corpus: Corpus, engine: Engine) -> Iterator[str]:
    """How many certificate paths lead to the anchors that the records name, and which do not."""
    found, missed = 0, []
    for _, record in _records(corpus):
        if "attestationObject" not in record or not engine.can_be_trusted(record):
            continue
        outcome = engine.trust(record)
        if outcome.accepted and outcome.result.attestation.trusted:
            found += 1
            continue
        error = outcome.result.attestation.trust_error if outcome.accepted else None
        why = f"{error.code}: {error}" if error else f"refused: {outcome.code}"
        missed.append(f"  no path: {record['id']} (due: {record['expected']}) {why}")
    yield f"trust: {found} paths found, {len(missed)} not"
    yield from missed


HEAD: Final = (
    *("group", "records", "accepted", "refused", "wrong accepts", "wrong rejects", "disputed"),
)


def table(result: Result) -> str:
    """The counts of an engine, one line a group."""
    rows = [HEAD, *(_row(name, one) for name, one in sorted(result.scores.items()))]
    rows.append(_row("all", result.total))
    if result.limited.records:
        rows.append(_row("limited verification", result.limited))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [f"engine: {result.engine}"]
    for first, *rest in rows:
        cells = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        lines.append("  ".join((first.ljust(widths[0]), *cells)))
    return "\n".join(lines)


def _row(name: str, one: Score) -> tuple[str, ...]:
    counts = (one.records, one.accepted, one.refused, one.wrong_accepts, one.wrong_rejects)
    disputed = f"{one.disputed} ({one.disputed_as_labelled} as labelled)" if one.disputed else "0"
    return (name, *map(str, counts), disputed)


def report(results: Iterable[Result]) -> str:
    """Everything that is to be said."""
    parts = []
    for result in results:
        parts.append(table(result))
        parts.extend(result.notes)
        parts.extend(f"WRONG {one}" for one in result.wrong)
        parts.append("")
    return "\n".join(parts)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", choices=[*MODULES, "both"], default="native")
    parser.add_argument("--trust", action="store_true", help="look for certificate paths, too")
    options = parser.parse_args(arguments)
    corpus = Corpus.read(options.folder)
    names = tuple(MODULES) if options.engine == "both" else (options.engine,)
    results = [score(corpus, Engine(name, corpus), trust=options.trust) for name in names]
    print(report(results))
    return 1 if any(result.failed for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
