"""The software authenticator: the same bytes every time, right where it should be, wrong in one fact."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm as LibraryUnsupported
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from countermark.errors import CODES, ArgumentTypeError, ArgumentValueError, UnsupportedAlgorithm
from countermark.webauthn.testing import ALGORITHMS, FAULTS, STAGES, SoftwareAuthenticator
from countermark.webauthn.testing.cbor_writer import encode
from countermark.webauthn.testing.keys import MlDsaKey, OkpKey, make_key
from countermark.webauthn.testing.rsa_keys import rsa_numbers
from countermark.webauthn.testing.seeding import Seed
from countermark.webauthn.testing.statements import FORMATS

SITE = {"rp_id": "example.org", "origin": "https://example.org"}
CHALLENGE = b"sixteen bytes ok"


def created(**arguments: Any) -> dict[str, Any]:
    return SoftwareAuthenticator(b"seed", **arguments).create(challenge=CHALLENGE, **SITE)


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_seed_and_calls_give_the_same_bytes(format: str) -> None:
    first, second = (SoftwareAuthenticator(b"seed", format=format) for _ in range(2))
    for _ in range(2):
        one, two = (a.create(challenge=CHALLENGE, **SITE) for a in (first, second))
        assert one == two
    assert one["id"] != created(format=format)["id"], "the second credential is another one"
    assert first.get(challenge=CHALLENGE, **SITE) == second.get(challenge=CHALLENGE, **SITE)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_signs_without_chance(algorithm: str) -> None:
    assert created(format="packed-self", algorithm=algorithm) == created(
        format="packed-self", algorithm=algorithm
    )


def test_another_seed_gives_other_keys_and_roots() -> None:
    one, two = SoftwareAuthenticator(b"one"), SoftwareAuthenticator("two")
    assert one.root != two.root
    assert one.aaguid() != two.aaguid()
    assert (
        one.create(challenge=CHALLENGE, **SITE)["id"]
        != two.create(challenge=CHALLENGE, **SITE)["id"]
    )


def test_an_algorithm_may_be_named_in_any_way() -> None:
    named = created(format="none", algorithm="ml-dsa-44")
    assert named == created(format="none", algorithm=-48)
    for wrong, refused in (("ES255", UnsupportedAlgorithm), (7, UnsupportedAlgorithm)):
        with pytest.raises(refused):
            SoftwareAuthenticator(algorithm=wrong)
    with pytest.raises(ArgumentTypeError):
        SoftwareAuthenticator(algorithm=True)


def test_a_credential_counts_and_is_found_by_its_relying_party() -> None:
    authenticator = SoftwareAuthenticator(b"seed", format="none", sign_count=7)
    first = authenticator.create(challenge=CHALLENGE, user_handle=b"a user", **SITE)
    other = {"rp_id": "other.example", "origin": "https://other.example"}
    authenticator.create(challenge=CHALLENGE, **other)
    answers = [authenticator.get(challenge=CHALLENGE, **SITE) for _ in range(2)]
    assert [answer["id"] for answer in answers] == [first["id"]] * 2
    data = [decoded(answer["response"]["authenticatorData"]) for answer in answers]
    assert [int.from_bytes(one[33:37], "big") for one in data] == [8, 9]
    assert decoded(answers[0]["response"]["userHandle"]) == b"a user"
    assert [credential.rp_id for credential in authenticator] == ["example.org", "other.example"]
    with pytest.raises(ArgumentValueError):
        authenticator.get(challenge=CHALLENGE, rp_id="unknown.example", origin="https://x")
    with pytest.raises(ArgumentValueError):
        authenticator.get(challenge=CHALLENGE, credential_id=b"unknown", **SITE)


def test_an_authenticator_without_a_counter_stays_at_zero() -> None:
    authenticator = SoftwareAuthenticator(b"seed", format="none", sign_count=None)
    authenticator.create(challenge=CHALLENGE, **SITE)
    answer = authenticator.get(challenge=CHALLENGE, **SITE)
    assert decoded(answer["response"]["authenticatorData"])[33:37] == bytes(4)


def test_dfns_bodies_hold_what_the_browser_gave() -> None:
    authenticator = SoftwareAuthenticator(b"seed", format="none")
    body = authenticator.dfns_registration(challenge="text", credential_name="name", **SITE)
    assert list(body) == ["credentialKind", "credentialInfo", "credentialName"]
    assert list(body["credentialInfo"]) == ["credId", "clientData", "attestationData"]
    assert b'"challenge":"dGV4dA"' in decoded(body["credentialInfo"]["clientData"])
    assertion = authenticator.dfns_assertion(challenge="text", challenge_form="verbatim", **SITE)
    assert assertion["kind"] == "Fido2"
    assert b'"challenge":"text"' in decoded(assertion["credentialAssertion"]["clientData"])
    with pytest.raises(ArgumentValueError):
        authenticator.dfns_assertion(challenge="text", challenge_form="other", **SITE)


def test_what_is_no_argument_is_refused_with_our_errors() -> None:
    authenticator = SoftwareAuthenticator(b"seed")
    wrong: list[tuple[type[Exception], Callable[[], object]]] = [
        (ArgumentValueError, lambda: SoftwareAuthenticator(b"")),
        (ArgumentTypeError, lambda: SoftwareAuthenticator(5)),  # type: ignore[arg-type]
        (ArgumentValueError, lambda: SoftwareAuthenticator(format="Packed")),
        (ArgumentValueError, lambda: SoftwareAuthenticator(aaguid=b"short")),
        (ArgumentValueError, lambda: authenticator.create(challenge=b"", **SITE)),
        (ArgumentTypeError, lambda: authenticator.create(challenge=5, **SITE)),  # type: ignore[arg-type]
        (
            ArgumentValueError,
            lambda: authenticator.create(challenge=b"c", fault="tpm.nothing", **SITE),
        ),
        (
            ArgumentValueError,
            lambda: authenticator.create(challenge=b"c", fault="assertion.payment", **SITE),
        ),
        (
            ArgumentValueError,
            lambda: authenticator.create(challenge=b"c", alter={"nowhere": len}, **SITE),
        ),
        (
            ArgumentTypeError,
            lambda: authenticator.create(challenge=b"c", alter={"leaf": 5}, **SITE),  # type: ignore[dict-item]
        ),
        (
            UnsupportedAlgorithm,
            lambda: authenticator.create(challenge=b"c", format="tpm", algorithm="EDDSA", **SITE),
        ),
    ]
    for error, call in wrong:
        with pytest.raises(error):
            call()


def test_an_alteration_changes_what_is_signed_and_not_the_signing() -> None:
    def other_count(draft: Any) -> None:
        draft.sign_count = 41

    answer = SoftwareAuthenticator(b"seed", format="packed-self").create(
        challenge=CHALLENGE, alter={"authenticator_data": other_count}, **SITE
    )
    data = decoded(answer["response"]["authenticatorData"])
    assert int.from_bytes(data[33:37], "big") == 41
    assert decoded(answer["response"]["attestationObject"]).endswith(data)


# --- Faults ---


def test_faults_are_many_and_each_is_of_a_known_code_and_stage() -> None:
    count = Counter(fault.ceremony for fault in FAULTS.values())
    assert count["registration"] >= 600
    assert count["assertion"] >= 150
    for name, fault in FAULTS.items():
        assert fault.name == name
        assert fault.expected_code in {"valid", *CODES}, name
        assert fault.format in FORMATS, name
        assert {stage.rpartition(".")[2] for stage in fault.alter} <= set(STAGES), name
        assert fault.description, name
        assert fault.section, name


def test_every_fault_is_made_and_differs_from_what_is_right() -> None:
    unchanged = []
    for name, fault in FAULTS.items():
        authenticator = SoftwareAuthenticator(b"seed", format=fault.format)
        algorithm = fault.authenticator.get("algorithm")
        if fault.ceremony == "registration":
            made = authenticator.create(challenge=CHALLENGE, fault=name, **SITE)
        else:
            authenticator.create(challenge=CHALLENGE, algorithm=algorithm, **SITE)
            right = authenticator.get(challenge=CHALLENGE, **SITE)
            for credential in authenticator:
                credential.sign_count -= 1
            made = authenticator.get(challenge=CHALLENGE, fault=name, **SITE)
            if made == right and not fault.options and fault.expected_code != "valid":
                unchanged.append(name)
        assert isinstance(made, dict)
    assert not unchanged


# --- What it does by hand, held against a library ---


@pytest.mark.parametrize("level", [44, 65, 87])
def test_ml_dsa_is_what_the_library_has(level: int) -> None:
    mldsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.mldsa")
    seed = Seed(b"seed")
    key = make_key(seed, "key", {44: -48, 65: -49, 87: -50}[level])
    assert isinstance(key, MlDsaKey)
    private = getattr(mldsa, f"MLDSA{level}PrivateKey")
    library = private.from_seed_bytes(seed.take(f"ml-dsa-{level} key", 32)).public_key()
    assert library.public_bytes_raw() == key.public
    for number in range(4):
        message = b"message %d" % number
        library.verify(key.sign(message, 0), message)


@pytest.mark.parametrize("name", ["sha1", "sha256", "sha384", "sha512"])
def test_rsa_is_what_the_library_has(name: str) -> None:
    numbers = rsa_numbers(b"seed", "key")
    assert numbers.n.bit_length() == 2048
    public = rsa.RSAPublicNumbers(65537, numbers.n).public_key()
    hash = getattr(hashes, name.upper())()
    public.verify(numbers.sign_pkcs1(b"message", name), b"message", padding.PKCS1v15(), hash)
    salted = padding.PSS(padding.MGF1(hash), hash.digest_size)
    public.verify(numbers.sign_pss(b"message", name), b"message", salted, hash)


@pytest.mark.parametrize("algorithm", [name for name in ALGORITHMS if name != "RS1"])
def test_a_key_and_its_certificate_are_what_the_library_reads(algorithm: str) -> None:
    key = make_key(Seed(b"seed"), "key", ALGORITHMS[algorithm])
    try:
        public = serialization.load_der_public_key(key.spki())
    except LibraryUnsupported as error:
        pytest.skip(f"the library does not read this key: {error}")
    written = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert written == key.spki()
    if isinstance(key, OkpKey):
        assert key.spki().endswith(key.x)


def test_the_test_authority_is_read_and_verified_by_the_library() -> None:
    authenticator = SoftwareAuthenticator(b"seed", intermediates=2)
    chains: list[list[bytes]] = []
    authenticator.create(
        challenge=CHALLENGE, alter={"chain": lambda c: chains.append([*c])}, **SITE
    )
    (chain,) = chains
    root = x509.load_der_x509_certificate(authenticator.root)
    path = [*map(x509.load_der_x509_certificate, chain), root]
    for child, parent in pairwise(path):
        child.verify_directly_issued_by(parent)
        key = parent.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
    assert authenticator.trust_anchors == [authenticator.root]
    assert len({certificate.serial_number for certificate in path}) == 4


def test_cbor_is_written_in_the_order_of_ctap2() -> None:
    assert encode(
        {"aa": 1, "b": [None, True], -1: b"x", 10: -1}
    ).hex() == "a40a2020417861628 2f6f5626161 01".replace(" ", "")


# --- The plugin ---


def test_the_fixture_is_seeded_with_the_name_of_the_test(
    software_authenticator: SoftwareAuthenticator, request: pytest.FixtureRequest
) -> None:
    assert software_authenticator.root == SoftwareAuthenticator(f"{request.node.nodeid} 0").root


def test_the_factory_makes_several(
    software_authenticator_factory: Callable[..., SoftwareAuthenticator],
) -> None:
    first, second = software_authenticator_factory(), software_authenticator_factory(format="tpm")
    assert first.root != second.root
    assert software_authenticator_factory(seed=b"seed").root == SoftwareAuthenticator(b"seed").root


def test_the_plugin_loads_nothing_until_it_is_used() -> None:
    program = (
        "import sys, countermark.webauthn.testing.plugin\n"
        "print([name for name in sys.modules if name.startswith(('cryptography', 'countermark.webauthn.testing.'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "['countermark.webauthn.testing.plugin']"


def test_without_cryptography_it_says_what_to_install() -> None:
    program = (
        "import sys\nsys.modules['cryptography'] = None\n"
        "import countermark.webauthn.testing.plugin\n"
        "from countermark.webauthn.testing import SoftwareAuthenticator"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"pip install 'countermark[testing]'" in done.stderr.splitlines()[-1]


def test_a_fault_that_leaves_nothing_for_a_dfns_body_is_refused() -> None:
    site = {"rp_id": "example.org", "origin": "https://example.org"}
    refused = 0
    for name, fault in FAULTS.items():
        passkey = SoftwareAuthenticator("dfns bodies", format="packed")
        makes: Callable[..., Any] = passkey.dfns_registration
        if fault.ceremony != "registration":
            passkey.create(challenge=bytes(16), **site)
            makes = passkey.dfns_assertion
        try:
            makes(challenge="Y2gtMQ", fault=name, **site)
        except ArgumentValueError:
            refused += 1
    assert refused > 5
