"""base64url, hexadecimal and PEM: both implementations read the same texts and refuse the same ones."""

from __future__ import annotations

import base64

from hypothesis import example, given
from hypothesis import strategies as st

from tests.property.material import damaged_text, pem, private_containers, public_containers
from tests.property.outcome import agreed

_B64U = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_NOISE = "AQgw-_=+/ \n\t\0é\uff21\ud800\U0001f600"

near_base64url = st.one_of(
    st.text(st.sampled_from(_B64U + "=")),
    st.text(st.sampled_from(_NOISE), max_size=12),
    st.builds(lambda data: base64.urlsafe_b64encode(data).decode(), st.binary()),
    damaged_text(
        st.builds(lambda data: base64.urlsafe_b64encode(data).decode().rstrip("="), st.binary()),
        _NOISE,
    ),
    st.text(st.characters(), max_size=8),
)


@given(st.binary())
def test_base64url_encoding_is_the_same_and_comes_back(data: bytes) -> None:
    kind, text = agreed(lambda door: door.base64url_encode(data))
    assert kind == "value"
    assert agreed(lambda door: door.base64url_decode(text, False)) == ("value", data)


@given(near_base64url, st.booleans())
@example("QR", False)
@example("QQ==", True)
@example("QQ=", True)
@example("Q===", True)
@example("====", True)
@example("=", True)
@example("QUI=QUI=", True)
@example("A", False)
@example("A\ud800", False)
def test_base64url_decoding_agrees(text: str, padding: bool) -> None:
    agreed(lambda door: door.base64url_decode(text, padding))


@given(near_base64url)
def test_one_value_has_one_base64url_text(text: str) -> None:
    found = agreed(lambda door: door.base64url_decode(text, False))
    if found[0] == "value":
        assert agreed(lambda door: door.base64url_encode(found[1])) == ("value", text)


@given(
    st.one_of(
        st.binary().map(bytes.hex),
        st.text(st.sampled_from("0123456789abcdefABF:x \n"), max_size=12),
        damaged_text(st.binary(max_size=20).map(bytes.hex), "0aAgG:x \n\uff21é\ud800"),
        st.text(st.characters(), max_size=6),
    )
)
@example("0")
@example("0G")
@example("G")
def test_hex_decoding_agrees_and_one_value_has_one_text(text: str) -> None:
    found = agreed(lambda door: door.hex_decode(text))
    if found[0] == "value":
        assert found[1].hex() == text


_CONTAINERS = private_containers() + public_containers()
_LABEL = st.sampled_from(
    (
        *("PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"),
        *("PUBLIC KEY", "RSA PUBLIC KEY", "EC PARAMETERS", "CERTIFICATE", "OPENSSH PRIVATE KEY"),
        *("", "X", "private key", "PRIVATE  KEY", " PUBLIC KEY", "PUBLIC KEY-", "É"),
    )
)
_BODY_LINE = st.one_of(
    st.binary(max_size=48).map(lambda data: base64.b64encode(data).decode()),
    st.text(st.sampled_from("AQgw+/=-_ \t:"), max_size=8),
    st.sampled_from(
        (
            *("", " ", "QQ==", "QUJD", "QUJ", "QR==", " QUJD", "QUJD ", "QU JD", "QUJD\\n"),
            *("Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-256-CBC,00", "Comment: x", ":", "\f"),
        )
    ),
)
_OTHER_LINE = st.sampled_from(
    (
        *("", "text", "ssh-ed25519 AAAA", "ecdsa-sha2-nistp256 AAAA", "PuTTY-User-Key-File-2: x"),
        *(" ", "-----", "-----BEGIN", "-----BEGIN ", "-----END ", "BEGIN", "\ufeff", "\0", "é"),
        *("ssh-rsa AAAA", "a -----BEGIN PUBLIC KEY-----", "\ud800"),
    )
)
_BEGIN = _LABEL.map(lambda label: f"-----BEGIN {label}-----")
_END = _LABEL.map(lambda label: f"-----END {label}-----")


@st.composite
def blocks(draw: st.DrawFn) -> list[str]:
    """The lines of one block that is right, or nearly."""
    label = draw(_LABEL)
    lines = [f"-----BEGIN {label}-----", *draw(st.lists(_BODY_LINE, max_size=3))]
    return [*lines, f"-----END {label if draw(st.integers(0, 5)) else draw(_LABEL)}-----"]


@st.composite
def pem_texts(draw: st.DrawFn) -> str:
    """Lines that belong to PEM texts, in an order that often makes one."""
    lines: list[str] = []
    for _ in range(draw(st.integers(0, 3))):
        lines += draw(
            st.one_of(
                blocks(),
                blocks(),
                st.lists(_OTHER_LINE, max_size=2),
                st.lists(_BEGIN | _END | _BODY_LINE, max_size=3),
            )
        )
    blanks = st.sampled_from(("", "", "", " ", "\t", "  "))
    ends = st.sampled_from(("\n", "\n", "\r\n", "\r", "\\n", "\n\n", " \n", "\t\r\n", ""))
    leads = st.sampled_from(("", "", "", "", "", " "))
    text = "".join(draw(leads) + line + draw(blanks) + draw(ends) for line in lines)
    return draw(st.sampled_from(("", "", "", "", "\ufeff", "\0"))) + text


@given(pem_texts())
def test_pem_of_any_lines_agrees(text: str) -> None:
    agreed(lambda door: door.pem_decode(text))


@given(pem_texts())
def test_pem_as_bytes_is_pem_as_text(text: str) -> None:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    as_bytes = agreed(lambda door: door.pem_decode(data))
    if "\ud800" not in text:
        assert as_bytes == agreed(lambda door: door.pem_decode(text))


@given(st.binary(max_size=120))
def test_pem_of_any_bytes_agrees(data: bytes) -> None:
    agreed(lambda door: door.pem_decode(data))


@given(st.sampled_from(_CONTAINERS), st.integers(1, 200), st.sampled_from(("\n", "\r\n", "\r")))
def test_pem_of_every_key_is_its_label_and_der(
    container: tuple[str, bytes], columns: int, end: str
) -> None:
    label, der = container
    text = "# comment" + end + pem(label, der, columns, end)
    assert agreed(lambda door: door.pem_decode(text)) == ("value", [label, der])


@given(
    damaged_text(
        st.sampled_from([pem(label, der) for label, der in _CONTAINERS if len(der) < 200]),
        "-=+/:A \n\r\t\\BEGIN\0\ufeffé",
    )
)
def test_pem_of_a_damaged_key_agrees(text: str) -> None:
    agreed(lambda door: door.pem_decode(text))


@given(st.sampled_from((2 * 1024 * 1024, 2 * 1024 * 1024 + 1)), st.sampled_from("A=!"))
def test_texts_at_the_bound_are_read_and_above_it_refused(size: int, character: str) -> None:
    text = character * size
    for found in (
        agreed(lambda door: door.base64url_decode(text, False)),
        agreed(lambda door: door.hex_decode(text)),
    ):
        assert (found == ("error", "LimitExceeded", "limit.size")) == (size > 2 * 1024 * 1024)


@given(st.integers(128 * 1024 - 2, 128 * 1024 + 2), st.sampled_from(("text", "pem")))
def test_pem_at_the_bound_is_read_and_above_it_refused(size: int, what: str) -> None:
    block = pem("PUBLIC KEY", b"\x30\x00") if what == "pem" else ""
    text = "x" * (size - len(block) - 1) + "\n" + block
    found = agreed(lambda door: door.pem_decode(text))
    assert (found == ("error", "LimitExceeded", "limit.size")) == (size > 128 * 1024)
