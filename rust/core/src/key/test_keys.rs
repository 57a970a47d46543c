//! Throw-away keys for the tests of this layer, made with OpenSSL. Never use them for anything.

#![allow(clippy::unwrap_used, reason = "tests")]

use crate::error::{Code, Result};
use crate::format::der::{self, Part, tag};
use crate::format::pem;

/// A private key in PKCS#8 and its public key in SPKI.
#[derive(Clone, Copy)]
pub(crate) struct TestKey {
    pub(crate) name: &'static str,
    pub(crate) private: &'static str,
    pub(crate) public: &'static str,
}

impl TestKey {
    pub(crate) fn private_der(&self) -> Vec<u8> {
        pem::decode(self.private.as_bytes()).unwrap().der.expose().to_vec()
    }

    pub(crate) fn public_der(&self) -> Vec<u8> {
        pem::decode(self.public.as_bytes()).unwrap().der.expose().to_vec()
    }

    /// The `AlgorithmIdentifier`, and the key that PKCS#8 wraps.
    pub(crate) fn identifier_and_inner(&self) -> (Vec<u8>, Vec<u8>) {
        let whole = self.private_der();
        let parts = der::read(&whole, |reader| {
            reader.sequence(|inner| {
                inner.integer_unsigned()?;
                Ok((inner.element(tag::SEQUENCE)?.content, inner.octet_string()?.content))
            })
        });
        let (identifier, inner) = parts.unwrap();
        (sequence(&[Part::Encoded(identifier)]), inner.to_vec())
    }

    /// The content of the BIT STRING in the SPKI.
    pub(crate) fn public_bits(&self) -> Vec<u8> {
        let whole = self.public_der();
        let bits = der::read(&whole, |reader| {
            reader.sequence(|inner| {
                inner.element(tag::SEQUENCE)?;
                Ok(inner.bit_string()?.content)
            })
        });
        bits.unwrap().to_vec()
    }
}

/// A SEQUENCE.
pub(crate) fn sequence(parts: &[Part<'_>]) -> Vec<u8> {
    der::encode(&Part::Constructed(tag::SEQUENCE, parts))
}

/// An OCTET STRING, to be put into a sequence.
pub(crate) fn octets(content: &[u8]) -> Part<'_> {
    Part::Primitive(tag::OCTET_STRING, content)
}

/// The code of a refusal; None where the input is taken.
pub(crate) fn code<T>(result: Result<T>) -> Option<Code> {
    result.err().map(|error| error.code())
}

/// Changes that must never be taken for another valid input: every truncation, every byte one up and one down.
pub(crate) fn damaged(input: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let shorter = (0..input.len()).map(|length| input.iter().copied().take(length).collect());
    let other = (0..input.len()).flat_map(|place| {
        [1_u8, 0xff].map(|step| {
            let bytes = input.iter().enumerate();
            bytes.map(|(at, byte)| if at == place { byte.wrapping_add(step) } else { *byte }).collect()
        })
    });
    shorter.chain(other)
}

pub(crate) const ALL: [TestKey; 7] = [ED25519, ED448, P256, P384, P521, SECP256K1, RSA_2048];

pub(crate) const ED25519: TestKey = TestKey {
    name: "Ed25519",
    private: "\
-----BEGIN PRIVATE KEY-----\n\
MC4CAQAwBQYDK2VwBCIEIO6FcOACgdPcb9DGC7IgWba9Zs6yIIMUL9iNcTmW4g0Y\n\
-----END PRIVATE KEY-----\n",
    public: "\
-----BEGIN PUBLIC KEY-----\n\
MCowBQYDK2VwAyEA4Lrsbo+hA9Yqp42euj/dEIMntWmwGO/VJ+sWeRn+dUA=\n\
-----END PUBLIC KEY-----\n",
};

pub(crate) const ED448: TestKey = TestKey {
    name: "Ed448",
    private: "\
-----BEGIN PRIVATE KEY-----\n\
MEcCAQAwBQYDK2VxBDsEOaotwjpbeCYYsF/0lwRHoUO4b3sRZeOhjw6nr2OEGZMN\n\
ZO66JzvnDpLSAgFWp6eOYYrfnY2ftZabNg==\n\
-----END PRIVATE KEY-----\n",
    public: "\
-----BEGIN PUBLIC KEY-----\n\
MEMwBQYDK2VxAzoAPCvbeEa8YdBtcQjkbWMykSy8cu9qqGwPP9XUoAstLHggE2mm\n\
r580K9egXxFcBNa6MnoaEVp3o1oA\n\
-----END PUBLIC KEY-----\n",
};

pub(crate) const P256: TestKey = TestKey {
    name: "ES256",
    private: "\
-----BEGIN PRIVATE KEY-----\n\
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCiZNhvA9yK3VYuUB\n\
ptUDVYWHc18z4itHAi4jOIKgpyKhRANCAASP8u7RVJJPUuGc7XvLr5eBOu8Zzeik\n\
EQ1nrK7Q+J48CbYAkfyNKrFP8IPkYfUwUiDDcdExPae6auvI7wJhvOCs\n\
-----END PRIVATE KEY-----\n",
    public: "\
-----BEGIN PUBLIC KEY-----\n\
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEj/Lu0VSST1LhnO17y6+XgTrvGc3o\n\
pBENZ6yu0PiePAm2AJH8jSqxT/CD5GH1MFIgw3HRMT2numrryO8CYbzgrA==\n\
-----END PUBLIC KEY-----\n",
};

pub(crate) const P384: TestKey = TestKey {
    name: "ES384",
    private: "\
-----BEGIN PRIVATE KEY-----\n\
MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDB0q/yQf7ZUMXDcDyQe\n\
zuOdsh1+QqPtTH3cDDAyG+WkUYxsQi5wSEYIIHcw8uTCaXuhZANiAAR2hnuqQwcF\n\
/3CEawP1njqD6ZTMnv8DLjUm0V/FCz0lwTOhWI7UQTNH+ru7cGvykWFw/djPRkn8\n\
tYtQRhoUYMK+39wPfhCjeULqLJ7zb1oZbsHXv1KNa+/vBmYF1oOAE8U=\n\
-----END PRIVATE KEY-----\n",
    public: "\
-----BEGIN PUBLIC KEY-----\n\
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEdoZ7qkMHBf9whGsD9Z46g+mUzJ7/Ay41\n\
JtFfxQs9JcEzoViO1EEzR/q7u3Br8pFhcP3Yz0ZJ/LWLUEYaFGDCvt/cD34Qo3lC\n\
6iye829aGW7B179SjWvv7wZmBdaDgBPF\n\
-----END PUBLIC KEY-----\n",
};

pub(crate) const P521: TestKey = TestKey {
    name: "ES512",
    private: "\
-----BEGIN PRIVATE KEY-----\n\
MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIAfufW0ZRDagwWUX1O\n\
+rCKVUGESB+TwSSXUtiU9qbBcbjtfE7LZQq0gHZcbEhDvDjF4gJjWmJERw4U+G6C\n\
X3q0F4yhgYkDgYYABAEw5oWQVHnMsg8xlOvmpOtAr3Gn6fjCwbOJ47u67QtVMeJh\n\
RCgXIVdMYMn3hqxKtjORpp/tgz3iZc49AJ/+YfMDFgDbFApr0c87fQ7ny9JBqvyv\n\
Bu/+7S8i2WPkGCTlJ6MXyBg14jTz9e3X+4DFjP9KmvdGqLTdciiXbAg627jPmiqo\n\
hw==\n\
-----END PRIVATE KEY-----\n",
    public: "\
-----BEGIN PUBLIC KEY-----\n\
MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQBMOaFkFR5zLIPMZTr5qTrQK9xp+n4\n\
wsGzieO7uu0LVTHiYUQoFyFXTGDJ94asSrYzkaaf7YM94mXOPQCf/mHzAxYA2xQK\n\
a9HPO30O58vSQar8rwbv/u0vItlj5Bgk5SejF8gYNeI08/Xt1/uAxYz/Spr3Rqi0\n\
3XIol2wIOtu4z5oqqIc=\n\
-----END PUBLIC KEY-----\n",
};

pub(crate) const SECP256K1: TestKey = TestKey {
    name: "ES256K",
    private: "\
-----BEGIN PRIVATE KEY-----\n\
MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgh9rNpip2DIIekjiwsF4u\n\
cmTZ9ApDZye9DH2T6MdbxIKhRANCAASXIQKwZMKn0D4fMd4IYBW+b0JurHeXm7Mv\n\
SVIfchyJ+543CIHco5s1b5hGWibHAe1H1FFCJMOWHyBBmgVqdsuX\n\
-----END PRIVATE KEY-----\n",
    public: "\
-----BEGIN PUBLIC KEY-----\n\
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAElyECsGTCp9A+HzHeCGAVvm9Cbqx3l5uz\n\
L0lSH3IcifueNwiB3KObNW+YRlomxwHtR9RRQiTDlh8gQZoFanbLlw==\n\
-----END PUBLIC KEY-----\n",
};

pub(crate) const RSA_2048: TestKey = TestKey {
    name: "RS256",
    private: "\
-----BEGIN PRIVATE KEY-----\n\
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQChTZc3Z6HzxzSW\n\
bwKb5TqLOptOWWhjTu3jaCQQxo2hFBKjuYE5vpO2CzxRJ8GBDuqgMoBEH4pMcZth\n\
2/pIcDbIhZ9ePkzGUh6kP1VDlN2tgMCEnViS/EzD0jmNozeIrFt00LtPtdGaLaJW\n\
S2U/cc+pqeJpp/Vm5A5yFOFsx9+VATcTge5xk9CV+2Mfk6uej9XIWSmt3Td/EYDJ\n\
tyLHjF9keuk7EOlmRimKsCKb6oi4Pv/76x2c6lmElgcETrZJpRwLzNYm8f0J0vk8\n\
7drZVkEnz3lOvKd+Df7NPR/0J49aNYy9Jfqp66bOiVcQ0VWUPLivwERShAz34ZLW\n\
pOV5t0hbAgMBAAECggEAAvx/bYnVoxXFEM6YAHA2ApiLLOAq4UEiK7D55KBIbvsC\n\
0qp/N0/NRvQzoa0CwB5D6cNa7JKeP4a67GI44q5xKoqOxh070/rL5m6QaDfmrWz8\n\
ziJmSWeyZCMNkw8P2s/rbDY7wYte3g6KOt7FI8Tk+1cnLJ2XcC2ODD6muG+FjCn6\n\
Efxzdf7LaTtVWU1K68pbmfZW/+QcTMSrMnROVMnWI5kVXcyLNtr/iAUeZXHyXnOw\n\
EQv+A+5VJ2YIxTZdKCG+swfcV2pRJ4/1UzVR5js/vmzBUq4O6/3oPuBpLPYj5jod\n\
KzyKHUAt7jnEkXK1BT3HVeYHmWXBaBAVMzOmEu+DQQKBgQDN4COHx/pNxDh6y7cq\n\
e0krKRhglaQQeR/0vd4xL+27pPsI8//FSsOVxgT4KQ00A6OYCl7og93nARvmWEMC\n\
mXi5PryZ+5P3ibOH7O/515dr3x4EJB/HeYGbYozp32DZlP29rnV5jaAfm/ersDvR\n\
GQlTY7lncMW0Z9DhewW3wMQ+bQKBgQDIk1Q/4xNOfRFp4aa5vFMsPhHiOVNGWHJl\n\
+NKWxtiJSGJqXAtNBoHK1SEXVzkUexC/R1ZkYCYZiG5Gzxyk0Hm2wG0z4fHf+Erc\n\
G6vIEGm9TM7EnhWBD+hUV2uO+Dnee+6DGQTlceUFAI7UVXv1lQ3bzN0xZfV0l6C+\n\
Kw5Px4ZE5wKBgBr/M2mQzb/45TclE6XceOHSB8JSnSsT1x7u7v4gPNqIberkpDuo\n\
7DDtwKUSLQsPFxrO8VcoQ6cRPClelZr3qR8RnQXMOcESK5q9dVKb9N1Oas88NXag\n\
9l/78mKQylB9+zAuenUwHzlF6Jp5B78Ju3FV+HAaF7LqkjefPEa2XoWZAoGBAILm\n\
e/5x4QDBaOL0LI5dFN7z51H/3ZQ0Vvyr5iwWu+zke640Qf/T9lL8w2rrNspiAq0D\n\
DqPViCfzvRyjQGtjz3twnBRXKjbkYV7DBFo+M/QiM3NoRFqFmjepEf4ti/7iXOfc\n\
JTDlIvUfxxdWbt74lyHS0qzRgN7FsldJ3D4+1icTAoGBAJzMwdYLeqwSV3SVDJtg\n\
B3tQr5urmNDBXnfGlI9ezGa+bXS8h/hN4t2P22bLHKRHLuHrJ306R74nK0bhjXX8\n\
pBDtRcTL9QvQP2zPI0p1J1icG9RsFF6P3SC+IGWLGaAylWMfeHYKJgzvG44iHGYc\n\
OCfcddJCAHn6Y6g+pChXhcfP\n\
-----END PRIVATE KEY-----\n",
    public: "\
-----BEGIN PUBLIC KEY-----\n\
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoU2XN2eh88c0lm8Cm+U6\n\
izqbTlloY07t42gkEMaNoRQSo7mBOb6Ttgs8USfBgQ7qoDKARB+KTHGbYdv6SHA2\n\
yIWfXj5MxlIepD9VQ5TdrYDAhJ1YkvxMw9I5jaM3iKxbdNC7T7XRmi2iVktlP3HP\n\
qaniaaf1ZuQOchThbMfflQE3E4HucZPQlftjH5Orno/VyFkprd03fxGAybcix4xf\n\
ZHrpOxDpZkYpirAim+qIuD7/++sdnOpZhJYHBE62SaUcC8zWJvH9CdL5PO3a2VZB\n\
J895Trynfg3+zT0f9CePWjWMvSX6qeumzolXENFVlDy4r8BEUoQM9+GS1qTlebdI\n\
WwIDAQAB\n\
-----END PUBLIC KEY-----\n",
};

/// [`P256`] in SEC 1.
pub(crate) const P256_SEC1: &str = "\
-----BEGIN EC PRIVATE KEY-----\n\
MHcCAQEEIAomTYbwPcit1WLlAabVA1WFh3NfM+IrRwIuIziCoKcioAoGCCqGSM49\n\
AwEHoUQDQgAEj/Lu0VSST1LhnO17y6+XgTrvGc3opBENZ6yu0PiePAm2AJH8jSqx\n\
T/CD5GH1MFIgw3HRMT2numrryO8CYbzgrA==\n\
-----END EC PRIVATE KEY-----\n";

/// [`RSA_2048`] in PKCS#1, public half.
pub(crate) const RSA_2048_PUBLIC_PKCS1: &str = "\
-----BEGIN RSA PUBLIC KEY-----\n\
MIIBCgKCAQEAoU2XN2eh88c0lm8Cm+U6izqbTlloY07t42gkEMaNoRQSo7mBOb6T\n\
tgs8USfBgQ7qoDKARB+KTHGbYdv6SHA2yIWfXj5MxlIepD9VQ5TdrYDAhJ1YkvxM\n\
w9I5jaM3iKxbdNC7T7XRmi2iVktlP3HPqaniaaf1ZuQOchThbMfflQE3E4HucZPQ\n\
lftjH5Orno/VyFkprd03fxGAybcix4xfZHrpOxDpZkYpirAim+qIuD7/++sdnOpZ\n\
hJYHBE62SaUcC8zWJvH9CdL5PO3a2VZBJ895Trynfg3+zT0f9CePWjWMvSX6qeum\n\
zolXENFVlDy4r8BEUoQM9+GS1qTlebdIWwIDAQAB\n\
-----END RSA PUBLIC KEY-----\n";

/// What `openssl ecparam -name prime256v1 -genkey` writes.
pub(crate) const P256_WITH_PARAMETERS: &str = "\
-----BEGIN EC PARAMETERS-----\n\
BggqhkjOPQMBBw==\n\
-----END EC PARAMETERS-----\n\
-----BEGIN EC PRIVATE KEY-----\n\
MHcCAQEEIOIgTSgoX/v7H1R+r3NpOqpPUg4dJzLt0SqR+4grZL/XoAoGCCqGSM49\n\
AwEHoUQDQgAEOw6R5w8vakxSrREtbp4oMMi3Gpwk9wsDZ1ZAI6ThdnsffdmpCls/\n\
pUGZajP2gMW7CAiWGm9TODxuJ0Ey4JXt+w==\n\
-----END EC PRIVATE KEY-----\n";

/// [`ED25519`] under the password `hunter2`, in the ways that are read.
pub(crate) const ENCRYPTED: [(&str, &str); 5] = [
    (
        "PBKDF2-SHA1, AES-128",
        "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MIGNMEkGCSqGSIb3DQEFDTA8MBsGCSqGSIb3DQEFDDAOBAikHXS//J0qJwICA+gw\n\
HQYJYIZIAWUDBAECBBDMsKa4+eaLklSoH9mXO83sBEAImqjaB/GCVFrQF35ZBv2U\n\
f5V5n6fEw+Yv9rYj8oAMdxMgsmtULI/aKtr2rFWUpxSqunGbl6Sq3kJNg6hs5T73\n\
-----END ENCRYPTED PRIVATE KEY-----\n",
    ),
    (
        "PBKDF2-SHA256, AES-256",
        "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgzBW/iGycBQAICCAAw\n\
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEECTtSKOQFwAgGxS5gH5hZHAEQAuD\n\
EcWMxF7fdN+uByr1Oz2THm3hbFxzbHrFs4blZ5AA2v7SMKJwX9rVVflD+BLn08w2\n\
hW8nWV60Xa3EMfsB278=\n\
-----END ENCRYPTED PRIVATE KEY-----\n",
    ),
    (
        "PBKDF2-SHA384, AES-192",
        "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAifkCbyMgDsMwICA+gw\n\
DAYIKoZIhvcNAgoFADAdBglghkgBZQMEARYEEPIVZWgYv1WwslZXtkFQco4EQFwT\n\
uZ9hwGYwddbNsNRh1HOp5izRHA5daDdeNd6U7P4mDmsbJkBDNRcIWJAQZu+5sgYE\n\
PxEvoaGl/s9uf18CUgo=\n\
-----END ENCRYPTED PRIVATE KEY-----\n",
    ),
    (
        "PBKDF2-SHA512, AES-256",
        "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgDGWoyw8Gt0wICA+gw\n\
DAYIKoZIhvcNAgsFADAdBglghkgBZQMEASoEEJoljHxeGPOw3lALX5YO3vgEQM+O\n\
Se6qOlmpquZfoXNdDZ+r0vnVZXssuSUIRfkiqmsXuJ1lwSpfhiozG09D2YL0VjRD\n\
uc2HUYBdxYz53jOTy1o=\n\
-----END ENCRYPTED PRIVATE KEY-----\n",
    ),
    (
        "scrypt, AES-128",
        "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MIGTME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAiFlWm4XGLmdwICBAAC\n\
AQgCAQEwHQYJYIZIAWUDBAECBBAF/g60DSS6yhdgooCBJzYQBEBwM4FloKxtFUv9\n\
m+KNWSN971MFlg7KFn3N9vuUTVYyejSZso9ui58SCLL21DnVaS6oGtwkh862Jxhy\n\
SFP6ugF/\n\
-----END ENCRYPTED PRIVATE KEY-----\n",
    ),
];

/// The same in ways that are not.
pub(crate) const ENCRYPTED_OTHERWISE: [(&str, &str); 4] = [
    (
        "3DES",
        "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MIGKME4GCSqGSIb3DQEFDTBBMCkGCSqGSIb3DQEFDDAcBAj8Dr4ZiX60UAICCAAw\n\
DAYIKoZIhvcNAgkFADAUBggqhkiG9w0DBwQIjMCwiAMOwQMEOL8jRFFU0wEURbE4\n\
+/6ZI8sVaj0N7Q8/wHodc/UdnFQQiUHRIMwf1uzFj2VK1WqhCzdXTAYxBEEF\n\
-----END ENCRYPTED PRIVATE KEY-----\n",
    ),
    (
        "PBES1, MD5 and DES",
        "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MFcwGwYJKoZIhvcNAQUDMA4ECBcoCxXa8Ry6AgIIAAQ4ptfHdqPIhXqBFY8zyl9J\n\
uNOmN/hy9bh7zZJ5qHjFZ3jKFzX39FkU5iHoPrppOKC3E7IZ3Y5/rSM=\n\
-----END ENCRYPTED PRIVATE KEY-----\n",
    ),
    (
        "PKCS#12, SHA1 and 3DES",
        "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MFgwHAYKKoZIhvcNAQwBAzAOBAioTutsP1TvZgICCAAEOKBXnt80QHQp8FLgBAY5\n\
Q1wkqSXp6TB9Hul8SJsMzszv5Vp17iq72rFrCPDauZvrsfq7lUmMIEKb\n\
-----END ENCRYPTED PRIVATE KEY-----\n",
    ),
    (
        "PBKDF2-SHA224",
        "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhT9U0Kom0i/wICA+gw\n\
DAYIKoZIhvcNAggFADAdBglghkgBZQMEASoEEEoNp+wLtQxO6T2EgqHEK40EQFaz\n\
kJWdibCCeUOv2HrZxmAvMc9fjeX8w5j9hlb8cmJXwjWwsLjaCoEDlR8ovuEWnHXn\n\
J2o+7HvvREczo+U5HO8=\n\
-----END ENCRYPTED PRIVATE KEY-----\n",
    ),
];
