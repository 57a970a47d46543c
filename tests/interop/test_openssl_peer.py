"""Keys and signatures cross between this package and the openssl command."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from countermark import PrivateKey, PublicKey
from countermark.errors import InvalidSignature
from tests.vectors.dfns_records import key_record

pytestmark = pytest.mark.interop

MESSAGE = b'{"challenge":"Y2gtNzloaHQtbXJlb2stOGFwOHFtMmVpZWZ0amxhZw","type":"key.get"}'
PASSWORD = "correct horse"

CURVES = {"ES256": "prime256v1", "ES384": "secp384r1", "ES512": "secp521r1", "ES256K": "secp256k1"}
GENPKEY = {
    **{
        name: ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}"]
        for name, curve in CURVES.items()
    },
    "Ed25519": ["-algorithm", "ed25519"],
    "Ed448": ["-algorithm", "ed448"],
    "RS256": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
}
RAW = {"Ed25519", "Ed448"}

each_algorithm = pytest.mark.parametrize("algorithm", GENPKEY)
each_curve = pytest.mark.parametrize("algorithm", CURVES)


class Command:
    """The openssl command, run in one folder."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program = program
        self.folder = folder

    def __call__(self, *arguments: str, stdin: bytes = b"") -> bytes:
        return subprocess.run(
            [self.program, *arguments],
            input=stdin,
            capture_output=True,
            cwd=self.folder,
            check=True,
        ).stdout

    def write(self, name: str, data: bytes) -> str:
        (self.folder / name).write_bytes(data)
        return name


@pytest.fixture
def openssl(tmp_path: Path) -> Command:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("there is no openssl command on the PATH")
    return Command(program, tmp_path)


def our_key(algorithm: str) -> PrivateKey:
    if algorithm == "RS256":
        return PrivateKey.from_pem(key_record("rsa2048")["pkcs8Pem"])
    return PrivateKey.generate(algorithm)


def public_der(openssl: Command, private_pem: bytes) -> bytes:
    return openssl("pkey", "-pubout", "-outform", "DER", stdin=private_pem)


@each_algorithm
def test_generated_keys_load(openssl: Command, algorithm: str) -> None:
    pem = openssl("genpkey", *GENPKEY[algorithm])
    der = openssl("pkey", "-outform", "DER", stdin=pem)
    public = public_der(openssl, pem)
    for key in (PrivateKey.from_pem(pem), PrivateKey.from_der(der)):
        assert key.algorithm == algorithm
        assert key.public_key.to_der() == public
    written = openssl("pkey", "-pubout", stdin=pem)
    assert PublicKey.from_pem(written).to_pem() == written.decode()


@each_curve
def test_what_ecparam_writes_loads(openssl: Command, algorithm: str) -> None:
    # An EC PARAMETERS block stands before the key, unless -noout leaves it away.
    pem = openssl("ecparam", "-name", CURVES[algorithm], "-genkey")
    assert pem.startswith(b"-----BEGIN EC PARAMETERS-----\n")
    bare = pem[pem.index(b"-----BEGIN EC PRIVATE KEY-----") :]
    public = PrivateKey.from_pem(pem).public_key
    assert PrivateKey.from_pem(bare).public_key == public
    assert public.to_der() == public_der(openssl, pem)


@each_curve
def test_compressed_points_load(openssl: Command, algorithm: str) -> None:
    pem = openssl("genpkey", *GENPKEY[algorithm])
    short = openssl("ec", "-pubout", "-conv_form", "compressed", stdin=pem)
    whole = openssl("ec", "-pubout", stdin=pem)
    assert len(short) < len(whole)
    assert PublicKey.from_pem(short).to_pem() == whole.decode()
    private = openssl("ec", "-conv_form", "compressed", stdin=pem)
    assert PrivateKey.from_pem(private).public_key.to_pem() == whole.decode()


def test_older_rsa_encodings_load(openssl: Command) -> None:
    pem = key_record("rsa2048")["pkcs8Pem"].encode()
    key = PrivateKey.from_pem(pem)
    for form, private, public in (
        ("PEM", PrivateKey.from_pem, PublicKey.from_pem),
        ("DER", PrivateKey.from_der, PublicKey.from_der),
    ):
        old = openssl("rsa", "-traditional", "-outform", form, stdin=pem)
        assert private(old).public_key == key.public_key
        old_public = openssl("rsa", "-RSAPublicKey_out", "-outform", form, stdin=pem)
        assert public(old_public) == key.public_key


@each_algorithm
@pytest.mark.parametrize(
    "options",
    [
        ["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256"],
        ["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1", "-iter", "2048"],
        ["-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA512"],
        ["-v2", "aes-256-cbc", "-scrypt"],
    ],
    ids=["aes256-sha256", "aes128-sha1", "aes192-sha512", "aes256-scrypt"],
)
def test_encrypted_keys_load(openssl: Command, algorithm: str, options: list[str]) -> None:
    key = our_key(algorithm)
    pem = key.export_private_key()
    sealed = openssl("pkcs8", "-topk8", *options, "-passout", f"pass:{PASSWORD}", stdin=pem)
    assert sealed.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert PrivateKey.from_pem(sealed, password=PASSWORD).public_key == key.public_key


@each_algorithm
def test_our_keys_load(openssl: Command, algorithm: str) -> None:
    key = our_key(algorithm)
    spki = key.public_key.to_der()
    older = "sec1" if algorithm in CURVES else "pkcs1" if algorithm == "RS256" else None
    for written in filter(None, ("pkcs8", older)):
        pem = key.export_private_key("pem", format=written)
        assert openssl("pkey", "-check", "-noout", stdin=pem).strip() in {b"", b"Key is valid"}
        assert public_der(openssl, pem) == spki
        der = key.export_private_key("der", format=written)
        loaded = openssl("pkey", "-inform", "DER", "-pubout", "-outform", "DER", stdin=der)
        assert loaded == spki
    sealed = key.export_private_key(password=PASSWORD)
    opened = openssl("pkey", "-passin", f"pass:{PASSWORD}", stdin=sealed)
    assert public_der(openssl, opened) == spki
    assert openssl("pkey", "-pubin", "-pubout", stdin=key.public_key.to_pem().encode()) == (
        key.public_key.to_pem().encode()
    )


@each_algorithm
def test_our_signatures_verify_there(openssl: Command, algorithm: str) -> None:
    key = our_key(algorithm)
    public = openssl.write("public.pem", key.public_key.to_pem().encode())
    signature = openssl.write("signature", key.sign(MESSAGE))
    message = openssl.write("message", MESSAGE)
    options = [] if algorithm in RAW else ["-digest", "sha256"]
    verify = ["pkeyutl", "-verify", "-rawin", *options, "-pubin", "-inkey", public]
    said = openssl(*verify, "-in", message, "-sigfile", signature)
    assert b"Signature Verified Successfully" in said
    other = openssl.write("other", MESSAGE[:-1])
    with pytest.raises(subprocess.CalledProcessError):
        openssl(*verify, "-in", other, "-sigfile", signature)


@each_algorithm
def test_their_signatures_verify_here(openssl: Command, algorithm: str) -> None:
    key = our_key(algorithm)
    private = openssl.write("private.pem", key.export_private_key())
    message = openssl.write("message", MESSAGE)
    options = [] if algorithm in RAW else ["-digest", "sha256"]
    signature = openssl("pkeyutl", "-sign", "-rawin", *options, "-inkey", private, "-in", message)
    key.public_key.verify(MESSAGE, signature)
    with pytest.raises(InvalidSignature):
        key.public_key.verify(MESSAGE[:-1], signature)


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_pss_crosses_both_ways(openssl: Command, digest: str) -> None:
    key = our_key("RS256")
    name = digest.replace("sha", "SHA-")
    public = openssl.write("public.pem", key.public_key.to_pem().encode())
    private = openssl.write("private.pem", key.export_private_key())
    message = openssl.write("message", MESSAGE)
    pss = [
        "-digest",
        digest,
        "-pkeyopt",
        "rsa_padding_mode:pss",
        "-pkeyopt",
        "rsa_pss_saltlen:digest",
    ]
    signature = openssl.write("signature", key.sign(MESSAGE, hash=name, padding="pss"))
    verify = ["pkeyutl", "-verify", "-rawin", *pss, "-pubin", "-inkey", public, "-in", message]
    assert b"Successfully" in openssl(*verify, "-sigfile", signature)
    theirs = openssl("pkeyutl", "-sign", "-rawin", *pss, "-inkey", private, "-in", message)
    key.public_key.verify(MESSAGE, theirs, hash=name, padding="pss")
