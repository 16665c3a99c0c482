//! Plain names of tests: for the common LOINC codes from a list, for others by leaving out what only a lab needs.

/// The plain name of a LOINC code.
pub(crate) fn by_code(loinc: &str) -> Option<&'static str> {
    Some(match loinc {
        // Vital signs.
        "8302-2" => "Height",
        "29463-7" => "Weight",
        "39156-5" => "Body mass index (BMI)",
        "59576-9" => "Body mass index (BMI) for age",
        "8867-4" => "Heart rate",
        "9279-1" => "Breathing rate",
        "8310-5" => "Body temperature",
        "2708-6" | "59408-5" => "Oxygen level",
        "85354-9" | "55284-4" => "Blood pressure",
        "8480-6" => "Systolic (upper) blood pressure",
        "8462-4" => "Diastolic (lower) blood pressure",
        "72514-3" => "Pain level, 0 to 10",
        "72166-2" => "Smoking",
        "9843-4" => "Head size",
        "8289-1" => "Head size for age",
        "77606-2" => "Weight for length",
        // Blood count.
        "58410-2" => "Complete blood count (CBC)",
        "6690-2" => "White blood cells",
        "789-8" => "Red blood cells",
        "718-7" => "Hemoglobin",
        "4544-3" | "20570-8" => "Hematocrit",
        "777-3" => "Platelets",
        "787-2" => "Red blood cell size (MCV)",
        "785-6" => "Hemoglobin in a red blood cell (MCH)",
        "786-4" => "Hemoglobin concentration in red blood cells (MCHC)",
        "21000-5" | "788-0" => "Red blood cell size range (RDW)",
        "32207-3" => "Platelet size range (PDW)",
        "32623-1" => "Platelet size (MPV)",
        "57023-4" => "White blood cell types",
        // Metabolic panels.
        "24323-8" => "Comprehensive metabolic panel",
        "51990-0" | "24320-4" | "24321-2" => "Basic metabolic panel",
        "2345-7" | "2339-0" => "Blood sugar (glucose)",
        "4548-4" => "Hemoglobin A1c",
        "3094-0" | "6299-2" => "Urea nitrogen (BUN)",
        "2160-0" | "38483-4" => "Creatinine",
        "17861-6" | "49765-1" => "Calcium",
        "2951-2" | "2947-0" => "Sodium",
        "2823-3" | "6298-4" => "Potassium",
        "2075-0" | "2069-3" => "Chloride",
        "2028-9" | "20565-8" => "Carbon dioxide",
        "98979-8" | "33914-3" | "48642-3" | "62238-1" => "Kidney filtration rate (eGFR)",
        "2885-2" => "Total protein",
        "1751-7" => "Albumin",
        "10834-0" => "Globulin",
        "1975-2" => "Bilirubin, total",
        "6768-6" => "Alkaline phosphatase (ALP)",
        "1742-6" => "Alanine aminotransferase (ALT)",
        "1920-8" => "Aspartate aminotransferase (AST)",
        // Fats.
        "57698-3" | "24331-1" => "Cholesterol panel",
        "2093-3" => "Total cholesterol",
        "2571-8" => "Triglycerides",
        "2085-9" => "HDL (good) cholesterol",
        "18262-6" | "13457-7" | "2089-1" => "LDL (bad) cholesterol",
        // Kidneys and urine.
        "9318-7" | "14959-1" => "Albumin to creatinine ratio in urine",
        "14957-5" => "Albumin in urine",
        // Screenings.
        "55757-9" => "Depression screening (PHQ-2)",
        "55758-7" => "Depression screening score (PHQ-2)",
        "44249-1" => "Depression screening (PHQ-9)",
        "44261-6" => "Depression screening score (PHQ-9)",
        "89204-2" => "Depression screening score for teens (PHQ-9)",
        "89206-7" => "Depression screening for teens (PHQ-9)",
        "69737-5" => "Anxiety screening (GAD-7)",
        "70274-6" => "Anxiety screening score (GAD-7)",
        "72109-2" => "Alcohol screening (AUDIT-C)",
        "75626-2" => "Alcohol screening score (AUDIT-C)",
        "82666-9" => "Drug use screening (DAST-10)",
        "82667-7" => "Drug use screening score (DAST-10)",
        "76499-3" => "Partner safety screening (HARK)",
        "76504-0" => "Partner safety screening score (HARK)",
        "93025-5" => "Living situation and needs (PRAPARE)",
        "59453-1" | "59460-6" => "Fall risk score",
        "59461-4" => "Fall risk level",
        // Others.
        "2857-1" => "Prostate specific antigen (PSA)",
        "5902-2" => "Blood clotting time (PT)",
        "6301-6" | "34714-6" => "Blood clotting (INR)",
        "2276-4" => "Ferritin (iron store)",
        "1988-5" => "C-reactive protein (inflammation)",
        "19123-9" => "Magnesium",
        "94531-1" => "COVID-19 test",
        "3016-3" => "Thyroid stimulating hormone (TSH)",
        "3024-7" => "Free thyroxine (T4)",
        "2132-9" => "Vitamin B12",
        "1989-3" | "62292-8" => "Vitamin D",
        "14804-9" => "Lactate dehydrogenase (LDH)",
        _ => return None,
    })
}

/// What LOINC puts in brackets to say how something is counted.
const PROPERTIES: [&str; 24] = [
    "Mass/volume",
    "Moles/volume",
    "#/volume",
    "Units/volume",
    "Enzymatic activity/volume",
    "Volume Rate/Area",
    "Volume Fraction",
    "Mass Ratio",
    "Mass Fraction",
    "Ratio",
    "Entitic volume",
    "Entitic mass",
    "Presence",
    "Percentile",
    "Score",
    "Reported",
    "Reported.PHQ",
    "Reported.PHQ.Teen",
    "Type",
    "Interpretation",
    "Identifier",
    "Time",
    "Pure mass fraction",
    "Molar ratio",
];

/// A test's name without what only a lab needs: `Protein [Mass/volume] in Serum or Plasma` is "Protein".
pub(crate) fn shorter(name: &str) -> String {
    let mut text = name.trim().to_owned();
    while let Some((before, after)) = text.rsplit_once(" [").and_then(|(before, rest)| {
        let (property, after) = rest.split_once(']')?;
        PROPERTIES.contains(&property).then_some((before, after))
    }) {
        text = format!("{before}{after}");
    }
    for tail in [
        " by Automated count",
        " by Immunoassay",
        " by Coagulation assay",
        " by NAA with probe detection",
        " by calculation",
        " by Test strip",
        " by Rapid immunoassay",
        " in Serum, Plasma or Blood",
        " in Serum or Plasma",
        " in Platelet poor plasma",
        " in Serum",
        " in Plasma",
        " in Blood",
        " of Blood",
        " - Serum or Plasma",
        " - Platelet poor plasma",
        " - Blood",
    ] {
        if let Some(shorter) = text.strip_suffix(tail)
            && !shorter.trim().is_empty()
        {
            text = shorter.to_owned();
        }
    }
    text.replace(".total", ", total").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::shorter;

    #[test]
    fn leaves_out_what_only_a_lab_needs() {
        for (from, to) in [
            ("Protein [Mass/volume] in Serum or Plasma", "Protein"),
            ("Peanut IgE Ab [Units/volume] in Serum", "Peanut IgE Ab"),
            ("Ketones [Presence] in Urine by Test strip", "Ketones in Urine"),
            ("Total score [HARK]", "Total score [HARK]"),
            ("Neutrophils/100 leukocytes in Blood by Automated count", "Neutrophils/100 leukocytes"),
            ("in Blood", "in Blood"),
            (" [Presence]", "[Presence]"),
            ("", ""),
        ] {
            assert_eq!(shorter(from), to, "{from}");
        }
    }
}
