//! Medical devices.

use serde_json::Value;

use super::concept::words;
use super::parts::{Line, Status, date, hidden, notes};
use super::status::status;
use super::title::plain;
use crate::json::Node;
use crate::{ResourceType, When};

/// A medical device.
#[derive(Clone, PartialEq)]
pub struct DeviceDetails {
    /// What it is.
    pub name: String,
    /// Its state.
    pub status: Option<Status>,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The lot number.
    pub lot: Option<String>,
    /// The serial number.
    pub serial: Option<String>,
    /// The device identifier (UDI-DI).
    pub identifier: Option<String>,
    /// The whole identifier as it is printed on it.
    pub udi: Option<String>,
    /// When it was made.
    pub made: Option<When>,
    /// When it expires.
    pub expires: Option<When>,
    /// Remarks.
    pub note: Option<String>,
}

hidden!(DeviceDetails);

impl DeviceDetails {
    /// Reads a Device.
    pub fn read(resource: &Value) -> Self {
        let node = Node::of(resource);
        let rank = |name: &Node<'_>| match name.text_of("type") {
            Some("patient-reported-name") => 0,
            Some("user-friendly-name") => 1,
            Some("model-name") => 3,
            _ => 2,
        };
        let named = node
            .each("deviceName")
            .filter(|name| name.text_of("name").is_some())
            .min_by_key(rank)
            .and_then(|name| name.text_of("name"));
        let udi = node.first("udiCarrier");
        Self {
            name: words(node.get("type")).or_else(|| named.map(plain)).unwrap_or_else(|| "Medical device".to_owned()),
            status: node.text_of("status").map(|code| status(ResourceType::Device, code)),
            manufacturer: node.owned("manufacturer"),
            model: node.owned("modelNumber"),
            lot: node.owned("lotNumber"),
            serial: node.owned("serialNumber"),
            identifier: udi.owned("deviceIdentifier"),
            udi: udi.owned("carrierHRF"),
            made: date(node.get("manufactureDate")),
            expires: date(node.get("expirationDate")),
            note: notes(node),
        }
    }

    pub(crate) fn line(&self) -> Line {
        Line::new(self.name.clone())
            .when(self.made)
            .status(self.status.as_ref())
            .fact("Made by", self.manufacturer.clone())
            .fact("Model", self.model.clone())
            .fact("Serial number", self.serial.clone())
            .fact("Lot number", self.lot.clone())
            .fact("Device number (UDI)", self.udi.clone().or_else(|| self.identifier.clone()))
            .date("Made", self.made)
            .date("Expires", self.expires)
            .note(self.note.clone())
    }
}
