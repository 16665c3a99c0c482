//! Certificates of servers in tests.

use tempfile::TempDir;

/// A certificate that nobody but the test knows, and its key, as files.
pub(super) struct TestCertificate {
    folder: TempDir,
    pem: String,
}

impl TestCertificate {
    pub(super) fn make(name: &str) -> Self {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        let pem = made.cert.pem();
        std::fs::write(folder.path().join("certificate.pem"), &pem).expect("a file");
        std::fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).expect("a file");
        Self { folder, pem }
    }
    pub(super) fn arguments(&self) -> [String; 3] {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        ["--tls".to_owned(), path("certificate.pem"), path("key.pem")]
    }
    pub(super) fn root(&self) -> lettre::transport::smtp::client::Certificate {
        lettre::transport::smtp::client::Certificate::from_pem(self.pem.as_bytes()).expect("a certificate")
    }
}
