import glob
import os

import Crypto
from Crypto.Cipher import AES, ChaCha20_Poly1305
from Crypto.Hash import BLAKE2b, SHA256, keccak
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from Crypto.Util._raw_api import load_pycryptodome_raw_lib

# Its libraries are loaded by ctypes or cffi and are no modules that `import` would take.
home = os.path.dirname(Crypto.__file__)
libraries = [
    os.path.relpath(path, os.path.dirname(home)).split(".")[0].replace(os.sep, ".")
    for ending in ("pyd", "so")
    for path in glob.glob(os.path.join(home, "**", "*." + ending), recursive=True)
]
assert len(libraries) > 30
for library in libraries:
    load_pycryptodome_raw_lib(library, "")

assert SHA256.new(b"abc").hexdigest().startswith("ba7816bf8f01cfea414140de5dae2223")
assert keccak.new(digest_bits=256, data=b"").hexdigest().startswith("c5d2460186f7233c")
assert BLAKE2b.new(digest_bits=512, data=b"abc").hexdigest().startswith("ba80a53f981c4d0d")
block = AES.new(bytes.fromhex("000102030405060708090a0b0c0d0e0f"), AES.MODE_ECB).encrypt(
    bytes.fromhex("00112233445566778899aabbccddeeff")
)
assert block.hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"
sealed, tag = AES.new(bytes(16), AES.MODE_GCM, nonce=bytes(12)).encrypt_and_digest(bytes(16))
assert sealed.hex() == "0388dace60b6a392f328c2b971b2fe78"
assert tag.hex() == "ab6e47d42cec13bdf53a67b21257bddf"
box = ChaCha20_Poly1305.new(key=bytes(32), nonce=bytes(12))
sealed, tag = box.encrypt_and_digest(b"secret")
box = ChaCha20_Poly1305.new(key=bytes(32), nonce=bytes(12))
assert box.decrypt_and_verify(sealed, tag) == b"secret"
key = ECC.construct(curve="Ed25519", seed=bytes(32))
signature = eddsa.new(key, "rfc8032").sign(b"message")
eddsa.new(key.public_key(), "rfc8032").verify(b"message", signature)
