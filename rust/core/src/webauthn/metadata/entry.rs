//! One entry of a BLOB (Metadata Service 3.0, section 3.1): the metadata statement of one model, and what has
//! become of it since.

use std::sync::{Arc, OnceLock};

use super::members::{Members, wrong_type, wrong_value};
use crate::error::Result;
use crate::format::json::{self, Bounds, Value};
use crate::format::{base64, hex};
use crate::x509::anchors::Anchors;

/// What the metadata say of one model. Copies share their data.
#[derive(Clone, Debug)]
pub struct MetadataEntry(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    aaguid: Option<[u8; 16]>,
    aaid: Option<String>,
    key_identifiers: Vec<Vec<u8>>,
    status_reports: Vec<StatusReport>,
    time_of_last_status_change: String,
    statement: Option<Statement>,
    /// Read when first asked for: an entry with a certificate that does not read spoils no other.
    roots: OnceLock<Result<Vec<Vec<u8>>>>,
    anchors: OnceLock<Result<Anchors>>,
}

/// `metadataStatement`, as far as it is looked at.
#[derive(Debug)]
struct Statement {
    json: String,
    description: Option<String>,
    protocol_family: Option<String>,
    roots: Vec<String>,
}

/// What was found out about a model, and when (section 3.1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusReport {
    /// `status`: one of the known names, or one that is new.
    pub status: String,
    /// `effectiveDate`
    pub effective_date: Option<String>,
    /// `certificate`, in DER: the one concerned.
    pub certificate: Option<Vec<u8>>,
    /// `certificateNumber`
    pub certificate_number: Option<String>,
    /// `url`
    pub url: Option<String>,
}

impl MetadataEntry {
    /// Reads an entry.
    pub(super) fn parse(raw: &[u8]) -> Result<Self> {
        let entry = Members(json::read_object_within(raw, Bounds::METADATA)?);
        let aaguid = match entry.optional_text("aaguid")? {
            None => None,
            Some(text) => Some(read_aaguid(text).ok_or_else(|| wrong_value("aaguid", "is not an AAGUID"))?),
        };
        let mut key_identifiers = Vec::new();
        for value in entry.list("attestationCertificateKeyIdentifiers")? {
            key_identifiers.push(key_identifier(&value)?);
        }
        entry.array("statusReports")?;
        let reports = entry.list("statusReports")?;
        let status_reports = reports.iter().map(StatusReport::parse).collect::<Result<_>>()?;
        let statement = entry.optional_object("metadataStatement")?.map(Statement::parse).transpose()?;
        Ok(Self(Arc::new(Inner {
            aaguid,
            aaid: entry.optional_text("aaid")?.map(str::to_owned),
            key_identifiers,
            status_reports,
            time_of_last_status_change: entry.text("timeOfLastStatusChange")?.to_owned(),
            statement,
            roots: OnceLock::new(),
            anchors: OnceLock::new(),
        })))
    }

    /// `aaguid`, of FIDO2 models.
    #[must_use]
    pub fn aaguid(&self) -> Option<&[u8; 16]> {
        self.0.aaguid.as_ref()
    }

    /// `aaid`, of UAF models.
    #[must_use]
    pub fn aaid(&self) -> Option<&str> {
        self.0.aaid.as_deref()
    }

    /// `attestationCertificateKeyIdentifiers`, of U2F models: SHA-1 of the keys in their certificates.
    #[must_use]
    pub fn key_identifiers(&self) -> &[Vec<u8>] {
        &self.0.key_identifiers
    }

    /// `statusReports`, in their order.
    #[must_use]
    pub fn status_reports(&self) -> &[StatusReport] {
        &self.0.status_reports
    }

    /// `timeOfLastStatusChange`
    #[must_use]
    pub fn time_of_last_status_change(&self) -> &str {
        &self.0.time_of_last_status_change
    }

    /// `description` of the statement.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.0.statement.as_ref()?.description.as_deref()
    }

    /// `protocolFamily` of the statement.
    #[must_use]
    pub fn protocol_family(&self) -> Option<&str> {
        self.0.statement.as_ref()?.protocol_family.as_deref()
    }

    /// The statement as it stands in the BLOB: one JSON object.
    #[must_use]
    pub fn statement_json(&self) -> Option<&str> {
        self.0.statement.as_ref().map(|statement| statement.json.as_str())
    }

    /// `attestationRootCertificates`, in DER: roots, intermediates or the very certificates of authenticators.
    ///
    /// # Errors
    /// `metadata.value`.
    pub fn attestation_roots(&self) -> Result<&[Vec<u8>]> {
        let read = self.0.roots.get_or_init(|| {
            let texts = self.0.statement.as_ref().map(|statement| statement.roots.as_slice());
            let decoded =
                texts.unwrap_or_default().iter().map(|text| certificate(text, "attestationRootCertificates"));
            decoded.collect()
        });
        read.as_deref().map_err(Clone::clone)
    }

    /// The same as anchors.
    ///
    /// # Errors
    /// `metadata.value`, and those of reading certificates.
    pub fn anchors(&self) -> Result<&Anchors> {
        let read = self.0.anchors.get_or_init(|| {
            let mut anchors = Anchors::new();
            for der in self.attestation_roots()? {
                anchors.add_certificate(der)?;
            }
            Ok(anchors)
        });
        read.as_ref().map_err(Clone::clone)
    }
}

impl Statement {
    fn parse(raw: &[u8]) -> Result<Self> {
        let statement = Members(json::read_object_within(raw, Bounds::METADATA)?);
        let mut roots = Vec::new();
        for value in statement.list("attestationRootCertificates")? {
            match value {
                Value::Text(text) => roots.push(text.into_owned()),
                _ => {
                    return Err(wrong_type(
                        "attestationRootCertificates",
                        "a list of certificates in base64",
                    ));
                }
            }
        }
        Ok(Self {
            json: String::from_utf8_lossy(raw).into_owned(),
            description: statement.optional_text("description")?.map(str::to_owned),
            protocol_family: statement.optional_text("protocolFamily")?.map(str::to_owned),
            roots,
        })
    }
}

impl StatusReport {
    fn parse(value: &Value<'_>) -> Result<Self> {
        let Value::Object(raw) = value else { return Err(wrong_type("statusReports", "a list of objects")) };
        let report = Members(json::read_object_within(raw, Bounds::METADATA)?);
        let text = |name| report.optional_text(name).map(|text| text.map(str::to_owned));
        Ok(Self {
            status: report.text("status")?.to_owned(),
            effective_date: text("effectiveDate")?,
            certificate: report
                .optional_text("certificate")?
                .map(|text| certificate(text, "certificate"))
                .transpose()?,
            certificate_number: text("certificateNumber")?,
            url: text("url")?,
        })
    }
}

fn certificate(text: &str, field: &'static str) -> Result<Vec<u8>> {
    base64::decode_lines(text).ok_or_else(|| wrong_value(field, "is not a certificate in base64"))
}

/// SHA-1 in hexadecimal (section 3.1.1).
fn key_identifier(value: &Value<'_>) -> Result<Vec<u8>> {
    const FIELD: &str = "attestationCertificateKeyIdentifiers";
    let Value::Text(text) = value else { return Err(wrong_type(FIELD, "a list of texts")) };
    let decoded = hex::decode(text.to_ascii_lowercase().as_bytes()).ok().filter(|bytes| bytes.len() == 20);
    decoded.ok_or_else(|| wrong_value(FIELD, "holds what is no SHA-1 in hexadecimal"))
}

/// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`
fn read_aaguid(text: &str) -> Option<[u8; 16]> {
    let groups: Vec<&str> = text.split('-').collect();
    if !groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) {
        return None;
    }
    hex::decode(groups.concat().to_ascii_lowercase().as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::read_aaguid;

    #[test]
    fn an_aaguid_has_five_groups() {
        let expected =
            [1, 0x32, 0xd1, 0x10, 0xbf, 0x4e, 0x42, 8, 0xa4, 3, 0xab, 0x4f, 0x5f, 0x12, 0xef, 0xe5];
        for text in ["0132d110-bf4e-4208-a403-ab4f5f12efe5", "0132D110-BF4E-4208-A403-AB4F5F12EFE5"] {
            assert_eq!(read_aaguid(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "0132d110bf4e4208a403ab4f5f12efe5",
            "{0132d110-bf4e-4208-a403-ab4f5f12efe5}",
            "0132d11-0bf4e-4208-a403-ab4f5f12efe5",
            "0132d110-bf4e-4208-a403-ab4f5f12efe5-",
            "0132d110-bf4e-4208-a403-ab4f5f12efeg",
        ] {
            assert_eq!(read_aaguid(text), None, "{text}");
        }
    }
}
