"""Names for the numbers of registries, for people; nothing is decided by them."""

from __future__ import annotations

from typing import Final

MODELS: Final = {
    "00000000-0000-0000-0000-000000000000": "it does not say which",
    "08987058-cadc-4b81-b6e1-30de50dcbe96": "Windows Hello, hardware",
    "0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6": "Keeper",
    "2fc0579f-8113-47ea-b116-bb5a8db9202a": "YubiKey 5 Series with NFC",
    "531126d6-e717-415c-9320-3d9aa6981239": "Dashlane",
    "6028b017-b1d4-4c02-b4b3-afcdafc96bb2": "Windows Hello, software",
    "6d44ba9b-f6ec-2e49-b930-0c8fe920cb73": "Security Key by Yubico with NFC",
    "9ddd1817-af5a-4672-a2b9-3e3dd95000a9": "Windows Hello, VBS",
    "adce0002-35bc-c60a-648b-0b25f1f05503": "Chrome on Mac",
    "b93fd961-f2e6-462f-b122-82002247de78": "Android with SafetyNet",
    "bada5566-a7aa-401f-bd96-45619a55120d": "1Password",
    "c5ef55ff-ad9a-4b9f-b580-adebafe026d0": "YubiKey 5Ci",
    "cb69481e-8ff7-4039-93ec-0a2729a154a8": "YubiKey 5 Series",
    "d548826e-79b4-db40-a3d8-11116f7e8349": "Bitwarden",
    "dd4ec289-e01d-41c9-bb89-70fa845d4bf2": "iCloud Keychain, managed",
    "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4": "Google Password Manager",
    "ee882879-721c-4913-9775-3dfcce97072a": "YubiKey 5 Series",
    "f8a011f3-8c0a-4d15-8006-17111f9edc7d": "Security Key by Yubico",
    "fa2b99dc-9e39-4257-8f92-4a30d23c4118": "YubiKey 5 Series with NFC",
    "fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "Apple Passwords",
}
"""Well-known models by AAGUID; the metadata of the FIDO Alliance name all certified ones."""

KEY_TYPES: Final = {1: "OKP", 2: "EC2", 3: "RSA", 7: "AKP"}
"""The COSE key types (RFC 9053 section 7, RFC 8230 section 4)."""

CURVES: Final = {1: "P-256", 2: "P-384", 3: "P-521", 6: "Ed25519", 7: "Ed448", 8: "secp256k1"}
"""The COSE curves (RFC 9053 section 7.1, RFC 8812 section 3.1)."""

SIGNATURES: Final = {
    "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
    "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
    "1.2.840.113549.1.1.10": "RSASSA-PSS",
    "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
    "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
    "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
    "1.2.840.10045.4.1": "ecdsa-with-SHA1",
    "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
    "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
    "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "2.16.840.1.101.3.4.3.17": "ML-DSA-44",
    "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
    "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
}

KEY_ALGORITHMS: Final = {
    "1.2.840.113549.1.1.1": "RSA",
    "1.2.840.113549.1.1.10": "RSASSA-PSS",
    "1.2.840.10045.2.1": "elliptic curve",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "2.16.840.1.101.3.4.3.17": "ML-DSA-44",
    "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
    "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
}

EXTENSIONS: Final = {
    "2.5.29.14": "subjectKeyIdentifier",
    "2.5.29.15": "keyUsage",
    "2.5.29.17": "subjectAltName",
    "2.5.29.18": "issuerAltName",
    "2.5.29.19": "basicConstraints",
    "2.5.29.30": "nameConstraints",
    "2.5.29.31": "cRLDistributionPoints",
    "2.5.29.32": "certificatePolicies",
    "2.5.29.33": "policyMappings",
    "2.5.29.35": "authorityKeyIdentifier",
    "2.5.29.36": "policyConstraints",
    "2.5.29.37": "extKeyUsage",
    "2.5.29.46": "freshestCRL",
    "2.5.29.54": "inhibitAnyPolicy",
    "1.3.6.1.5.5.7.1.1": "authorityInfoAccess",
    "1.3.6.1.4.1.45724.1.1.2": "FIDO serial number",
    "1.3.6.1.4.1.45724.1.1.4": "FIDO AAGUID",
    "1.3.6.1.4.1.45724.2.1.1": "FIDO transports",
    "1.3.6.1.4.1.41482.2": "Yubico device type",
    "1.3.6.1.4.1.41482.13.1": "Yubico firmware version",
    "1.3.6.1.4.1.11129.2.1.17": "Android key description",
    "1.2.840.113635.100.8.2": "Apple nonce",
}

PURPOSES: Final = {
    "2.5.29.37.0": "any",
    "1.3.6.1.5.5.7.3.1": "serverAuth",
    "1.3.6.1.5.5.7.3.2": "clientAuth",
    "1.3.6.1.5.5.7.3.3": "codeSigning",
    "1.3.6.1.5.5.7.3.4": "emailProtection",
    "1.3.6.1.5.5.7.3.8": "timeStamping",
    "1.3.6.1.5.5.7.3.9": "OCSPSigning",
    "2.23.133.8.1": "TPM endorsement key",
    "2.23.133.8.3": "TPM attestation identity key",
}

ATTRIBUTES: Final = {
    "2.5.4.3": "CN",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.23.133.2.1": "tpmManufacturer",
    "2.23.133.2.2": "tpmModel",
    "2.23.133.2.3": "tpmVersion",
}

KEY_USAGES: Final = (
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
)
"""The bits of keyUsage, in order (RFC 5280 section 4.2.1.3)."""

TRANSPORTS: Final = ("Bluetooth Classic", "Bluetooth Low Energy", "USB", "NFC", "USB, internal")
"""The bits of the transports extension, in order (FIDO U2F transports extension, section 3)."""

FLAGS: Final = (
    ("UP", 0x01, "user present"),
    ("UV", 0x04, "user verified"),
    ("BE", 0x08, "backup eligible"),
    ("BS", 0x10, "backed up"),
    ("AT", 0x40, "attested credential data"),
    ("ED", 0x80, "extension data"),
)
"""The flags of authenticator data (WebAuthn section 6.1)."""

CRED_PROTECT: Final = {
    1: "user verification optional",
    2: "user verification optional with credential ID list",
    3: "user verification required",
}

SECURITY_LEVELS: Final = {0: "software", 1: "trusted environment", 2: "StrongBox"}
"""Android's levels of security of a key description."""
