"""What needs a process of its own (rows CC14, CC15, CC24, CC25, CC27, CC29, CC30)."""

from __future__ import annotations

import signal
import sys
from typing import Final

import pytest

from tests.property.material import SMALL, records
from tests.property.outcome import NATIVE
from tests.unit.bad_inputs.entropy import without_entropy
from tests.unit.bad_inputs.programs import output, python

ALGORITHMS: Final = ("ES256", "ES384", "ES512", "ES256K", "Ed25519", "Ed448", "RS256")

_SUBINTERPRETER: Final = """
import sys
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

def use():
    import countermark
    from countermark import PrivateKey
    key = PrivateKey.generate("ES256")
    key.public_key.verify(b"m", key.sign(b"m"))
    try:
        PrivateKey.from_pem("x")
    except countermark.MalformedInput as error:
        return error.code

if sys.argv[1] == "main":
    print("main", use())
for _ in range(2):
    other = interpreters.create()
    try:
        failed = interpreters.run_string(other, "import countermark")
        print("other", "ImportError" if failed and "ImportError" in str(failed) else f"imported {failed}")
    except Exception as error:
        print("other", "ImportError" if "ImportError" in str(error) else repr(error))
    interpreters.destroy(other)
print("main", use())
"""


@pytest.mark.parametrize("first", ["main", "other"])
def test_cc14_a_sub_interpreter_is_refused_and_the_main_one_unharmed(first: str) -> None:
    if sys.version_info >= (3, 13):
        pytest.skip("the private module that makes sub-interpreters changed in Python 3.13")
    lines = output(_SUBINTERPRETER, first).splitlines()
    assert [line for line in lines if line.startswith("other")] == ["other ImportError"] * 2
    assert {line for line in lines if line.startswith("main")} == {"main pem.missing"}


_SHUTDOWN: Final = """
import atexit, os, sys, threading, time
from countermark import PrivateKey
from countermark.dfns import KeySigner

keys = [PrivateKey.generate(name, bits=2048) for name in sys.argv[1].split(",")]

def endless(key):
    while True:
        key.public_key.verify(b"m", key.sign(bytearray(10_000)) and key.sign(b"m"))
        try:
            PrivateKey.from_pem("x")
        except ValueError:
            pass

def last():
    for key in keys:
        key.public_key.verify(b"m", key.sign(b"m"))
    os.write(1, b"signed at exit")

for key in keys:
    threading.Thread(target=endless, args=(key,), daemon=True).start()
sys.modules["kept alive"] = [KeySigner("cr-1", key) for key in keys]
atexit.register(last)
time.sleep(0.05)
"""


@pytest.mark.parametrize("times", range(5))
def test_cc15_the_interpreter_ends_while_threads_sign(times: int) -> None:
    assert output(_SHUTDOWN, ",".join(ALGORITHMS)) == "signed at exit", times


_MEMORY: Final = """
import resource, sys
from countermark import PrivateKey
from countermark.errors import Error
from tests.property.encrypted import Parameters
from tests.property.outcome import NATIVE

key = PrivateKey.generate("ES256")
scrypt = Parameters(kdf="2b06010401da47040b", stated_scrypt=(2**17, 8, 1)).structure(bytes(64))
large = bytearray(64 << 20)
calls = {
    "scrypt": lambda: PrivateKey.from_der(scrypt, password="secret"),
    "bytearray": lambda: key.sign(large),
    "memoryview": lambda: key.sign(memoryview(large)),
    "base64url": lambda: NATIVE.base64url_encode(large),
    "fingerprint": lambda: NATIVE.fingerprint(large, "x"),
}
with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_AS, (used + (8 << 20),) * 2)
try:
    calls[sys.argv[1]]()
    print("done")
except MemoryError:
    print("MemoryError")
except Error as error:
    print(error.code)
key.public_key.verify(b"m", key.sign(b"m"))
print("intact")
"""


@pytest.mark.parametrize("what", ["scrypt", "bytearray", "memoryview", "base64url", "fingerprint"])
def test_cc24_without_memory_there_is_an_error_or_an_orderly_abort(what: str) -> None:
    if sys.platform != "linux":
        pytest.skip("the limit on address space is Linux's")
    done = python(_MEMORY, what)
    if done.returncode == 0:
        said, state = done.stdout.split()
        assert state == "intact"
        assert said in ("MemoryError", "internal.error", "key.password_wrong", "done")
    else:
        assert done.returncode == -signal.SIGABRT, done.stderr
        assert done.stderr.startswith("memory allocation of ")
        assert done.stdout == ""


_ENCRYPTED: Final = "print(key.export_private_key('pem', password='x'))"


def loading(kind: str) -> str:
    """Nothing else is imported: other libraries have their own way of waiting for randomness."""
    return f"key = PrivateKey.from_pem({records()[kind]['pkcs8Pem']!r})\n"


def test_cc25_the_programs_work_where_there_is_randomness() -> None:
    for kind, more in (("p256", "key.sign(b'm')"), ("rsa2048", "key.sign(b'm', padding='pss')")):
        output("from countermark import PrivateKey\n" + loading(kind) + more)
    output("from countermark import PrivateKey\n" + loading("ed25519") + _ENCRYPTED)


@pytest.mark.parametrize("answer", ["refused", "nothing"])
@pytest.mark.parametrize("kind", ["p256", "p384", "p521"])
def test_cc25_without_randomness_there_is_no_hedged_signature(kind: str, answer: str) -> None:
    without_entropy(loading(kind) + "print(key.sign(b'm'))", answer)


@pytest.mark.parametrize("answer", ["refused", "nothing"])
def test_cc25_without_randomness_there_is_no_salt_and_no_identifier(answer: str) -> None:
    without_entropy(loading("ed25519") + _ENCRYPTED, answer)
    without_entropy(
        "from countermark.dfns import random_credential_id\nprint(random_credential_id())", answer
    )
    pss = "print(key.sign(b'm', padding='pss'))"
    without_entropy(loading("rsa2048") + pss, answer)


_SMALL_STACK: Final = """
import sys, threading
from countermark import PrivateKey
from countermark.dfns import KeySigner, create_credential, verify_assertion, verify_attestation
from tests.property.encrypted import Parameters
from tests.property.material import pem, records, unpem

kind, algorithm = sys.argv[1:3]
text = records()[kind]["pkcs8Pem"]
encrypted = pem("ENCRYPTED PRIVATE KEY",
                Parameters(kdf="2b06010401da47040b", scrypt=(2**10, 8, 1)).encrypt(unpem(text)))
asked = {"challenge": "x", "allowCredentials": {"key": [{"id": "c"}], "webauthn": []}}

def work():
    for key in (PrivateKey.from_pem(text), PrivateKey.from_pem(encrypted, password="secret"),
                PrivateKey.generate(algorithm, bits=2048)):
        key.public_key.verify(b"m", key.sign(b"m"))
        key.export_private_key("jwk")
        key.export_private_key("pem")
        verify_attestation(create_credential(key, "x"), challenge="x")
        verify_assertion(KeySigner("c", key).sign(asked), challenge="x", public_key=key.public_key)
    try:
        PrivateKey.from_jwk("{" + '"a":' * 3 + "[" * 100_000)
    except ValueError as error:
        print(error.code)

threading.stack_size(64 * 1024)
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


@pytest.mark.parametrize("kind", SMALL)
def test_cc27_a_stack_of_64_kib_is_enough(kind: str) -> None:
    algorithm = NATIVE.PrivateKey.from_pem(records()[kind]["pkcs8Pem"]).algorithm
    assert output(_SMALL_STACK, kind, algorithm).strip() in ("json.syntax", "limit.depth")


_NEIGHBOURS: Final = """
import ctypes, importlib.util, os, shutil, sys, tempfile
from pathlib import Path

def ssl_module():
    import hashlib, ssl
    ssl.create_default_context()
    return hashlib.sha256(b"m").hexdigest()

def cryptography_package():
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    key = ec.generate_private_key(ec.SECP256R1())
    key.public_key().verify(key.sign(b"m", ec.ECDSA(hashes.SHA256())), b"m", ec.ECDSA(hashes.SHA256()))

def ours():
    from countermark import PrivateKey
    for name in ("ES256", "ES256K", "Ed25519"):
        key = PrivateKey.generate(name)
        key.public_key.verify(b"m", key.sign(b"m"))

parts = {"s": ssl_module, "c": cryptography_package, "o": ours}
for letter in sys.argv[1] * 2:
    parts[letter]()

from countermark import _native
library = ctypes.CDLL(_native.__file__)
foreign = ("EVP_PKEY_new", "RSA_new", "EC_KEY_new", "CRYPTO_free", "ERR_get_error", "SHA256_Init",
           "OPENSSL_init_crypto", "secp256k1_ecdsa_sign", "SSL_new")
print("exported", [name for name in foreign if hasattr(library, name)])

with tempfile.TemporaryDirectory() as folder:
    copied = shutil.copy(_native.__file__, Path(folder) / Path(_native.__file__).name)
    spec = importlib.util.spec_from_file_location("_native", copied)
    try:
        second = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(second)
        key = second.PrivateKey.generate("ES256", 0)
        key.public_key.verify(b"m", key.sign(b"m", None, None), None, None, False)
        print("second copy works")
    except ImportError:
        print("second copy is refused")
    ours()
    child = os.fork()
    if child == 0:
        ours()
        os._exit(7)
    print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    for letter in sys.argv[1]:
        parts[letter]()
"""


@pytest.mark.parametrize("order", ["sco", "osc", "cos"])
def test_cc29_other_crypto_libraries_and_a_second_copy_live_beside_it(order: str) -> None:
    exported, copy, child = output(_NEIGHBOURS, order).splitlines()
    assert exported == "exported []"
    assert copy in ("second copy works", "second copy is refused")
    assert child == "child 7"


_RELOADED: Final = """
import gc, importlib, sys
import countermark, countermark.dfns, countermark.errors, countermark.keys
from countermark import PrivateKey

def use(key):
    key.public_key.verify(b"m", key.sign(b"m"))
    assert len(key.export_private_key("der")) > 40

def refused(module):
    try:
        module.PrivateKey.from_pem("x")
    except ValueError as error:
        return f"{type(error).__name__} {error.code}"

key = PrivateKey.generate("ES256")
print(refused(countermark))
for module in (countermark.errors, countermark.keys, countermark.dfns, countermark):
    importlib.reload(module)
    use(key)
importlib.reload(sys.modules["countermark._native"])
use(key)
use(countermark.PrivateKey.generate("ES256"))
print(refused(countermark))
for name in [name for name in sys.modules if name.split(".")[0] == "countermark"]:
    del sys.modules[name]
gc.collect()
use(key)
import countermark as again
import countermark.dfns
use(again.PrivateKey.generate("ES256"))
use(key)
print(refused(again))
key.close()
del key, countermark, PrivateKey
gc.collect()
use(again.PrivateKey.generate("Ed448"))
"""


def test_cc30_modules_can_be_reloaded_and_thrown_away() -> None:
    assert output(_RELOADED).splitlines() == ["MalformedInput pem.missing"] * 3
