//! Tables of who comes in, and of what lets them in. The columns' order is the tables' own.

use salus_kernel::{Archetype, Class, Column, ColumnEntry, TableEntry};

registry! {
    PEOPLE:
    /// The clinic itself.
    clinic: Shared {
        id: Bare "an id",
        name: Bare "on every page, also before sign-in",
        phone: Bare "on every page, also before sign-in",
        brand: Bare "the colour of every page",
        timezone: Bare "the IANA zone of the main place",
        created_at: Bare "a moment of the clinic's own",
        updated_at: Bare "a moment of the clinic's own",
        version: Bare "a count",
    }
    /// The clinic's key by version.
    clinic_key: Keys {
        version: Bare "a count",
        wrapped: Wrapped "under the root key",
        created_at: Bare "a moment of the clinic's own",
        retired_at: Bare "a moment of the clinic's own",
    }
    /// One data key for each subject.
    subject_key: Keys {
        subject_kind: Bare "patient, account or clinic",
        subject_id: Bare "an id",
        version: Bare "a count",
        wrapped: Wrapped "under the clinic's key",
        created_at: Bare "a moment that the id tells already",
        destroyed_at: Bare "a moment: when a record was made unreadable",
    }
    /// Logins.
    account: Account {
        id: Bare "an id",
        email: Sealed as Email "how the person is reached",
        email_index: Blind "finds the account at sign-in",
        name: Sealed as Name "the person's name",
        password_hash: Hashed "argon2id",
        status: Bare "a state",
        reading_font: Bare "which letters the pages use",
        colour_scheme: Bare "light or dark",
        password_changed_at: Bare "a moment, shown to the owner",
        created_at: Bare "a moment that the id tells already",
        updated_at: Bare "a moment",
        key_version: Bare "a count",
        version: Bare "a count",
        entry: Bare "the ledger's place of the entry under which the row was written",
        email_changed_at: Bare "a moment: the address is new, and opens less for some days",
    }
    /// People who work here, as colleagues and patients know them.
    staff_member: Shared {
        account_id: Bare "an id",
        name: Bare "the clinic tells patients who works there, and the access log names them",
        role: Bare "what may be done follows from it",
        practitioner_id: Bare "an id",
        active: Bare "a state",
        created_at: Bare "a moment",
        version: Bare "a count",
        entry: Bare "the ledger's place of the entry under which the row was written",
        custom_role_id: Bare "an id: what may be done follows from it",
    }
    /// Roles of the clinic's own, each time that somebody said what one is to be.
    custom_role: Shared {
        id: Bare "an id",
        role_id: Bare "an id",
        name: Bare "what the clinic calls a kind of work: of nobody",
        base: Bare "a word",
        keeps: Bare "words of actions: policy compares them",
        borrows: Bare "words of actions: policy compares them",
        state: Bare "a word",
        proposed_at: Bare "a moment",
        proposed_by: Bare "an id",
        decided_at: Bare "a moment",
        decided_by: Bare "an id",
        created_at: Bare "a moment",
        updated_at: Bare "a moment",
        version: Bare "a count",
        entry: Bare "the ledger's place of the entry under which the row was written",
    }
    /// Which account may act in which chart, and why.
    access_grant: Account {
        id: Bare "an id",
        account_id: Bare "an id",
        patient_id: Bare "an id",
        basis: Bare "a word: self",
        starts_at: Bare "policy compares it",
        ends_at: Bare "policy compares it",
        created_at: Bare "a moment",
        entry: Bare "the ledger's place of the entry under which the row was written",
    }
    /// Who acts for which patient, or will once they have shown their code; with what, and until when.
    related_person: Chart {
        id: Bare "an id",
        patient_id: Bare "an id",
        account_id: Bare "an id",
        key: Blind "finds the row by what its holder shows: a keyed hash of a code",
        proof: Hashed "keyed hash of the code, of what it is for, and of the date of birth",
        basis: Bare "a word: why they may, and until which age",
        scopes: Bare "words: policy compares them",
        evidence: Bare "a word: how the front desk knew",
        name: Sealed as Name "what the caregiver is called by who asked for it",
        account_name: Sealed as AccountName "what the account is called that shows the code",
        patient_name: Sealed as PatientName "under the caregiver's key: for whom they act",
        account_key_version: Bare "a count: of the caregiver's key",
        state: Bare "a state",
        wrong_dates: Bare "a count",
        made_by: Bare "an id: the account that asked for it",
        created_at: Bare "a moment",
        offer_ends_at: Bare "a moment",
        starts_at: Bare "a moment",
        ends_at: Bare "policy compares it",
        ended_at: Bare "a moment",
        ended_by: Bare "an id: the account that ended it",
        updated_at: Bare "a moment",
        key_version: Bare "a count",
        version: Bare "a count",
        entry: Bare "the ledger's place of the entry under which the row was written",
    }
    /// Which practitioner treats which patient, from when until when. Only people at the clinic write it.
    care_team_member: Chart {
        patient_id: Bare "an id",
        practitioner_id: Bare "an id",
        starts_at: Bare "policy compares it",
        ends_at: Bare "policy compares it",
        basis: Bare "a word: assigned",
        created_at: Bare "a moment",
        entry: Bare "the ledger's place of the entry under which the row was written",
    }
    /// Who opened which record in an emergency, or a watched one and why; until when, and what the privacy officer said of it.
    emergency_access: Chart {
        id: Bare "an id",
        patient_id: Bare "an id",
        account_id: Bare "an id",
        reason: Sealed as Reason "why the record could not wait",
        starts_at: Bare "policy compares it",
        ends_at: Bare "policy compares it",
        reviewed_at: Bare "a moment",
        reviewed_by: Bare "an id: the account that signed it off",
        verdict: Bare "a word: justified or not",
        updated_at: Bare "a moment",
        key_version: Bare "a count",
        version: Bare "a count",
        entry: Bare "the ledger's place of the entry under which the row was written",
        kind: Bare "a word: watched, where it is a reason for a watched record; policy compares it",
    }
    /// Weeks of looks at records: how far the ledger was gone through, and who signed the week off.
    access_review: Ruled {
        id: Bare "an id",
        first_day: Bare "a day, in the clinic's zone: a Monday",
        ends_at: Bare "a moment: the end of the week",
        read_until: Bare "a moment: how far the ledger was gone through",
        entries: Bare "a count",
        looks: Bare "a count",
        unexplained: Bare "a count",
        refused: Bare "a count",
        signed_at: Bare "a moment",
        signed_by: Bare "an id: the account that signed it off",
        created_at: Bare "a moment",
        updated_at: Bare "a moment",
        version: Bare "a count",
        entry: Bare "the ledger's place of the entry under which the row was written",
    }
    /// Looks at records that nothing explains, and what the privacy officer said of them.
    access_finding: Ruled {
        id: Bare "an id",
        review_id: Bare "an id: of the week",
        account_id: Bare "an id: who looked",
        patient_id: Bare "an id; empty where it is about many records",
        signs: Sealed as Signs "how the two are connected: says what the patient is called, or where they live",
        first_at: Bare "a moment",
        last_at: Bare "a moment",
        looks: Bare "a count",
        judged_at: Bare "a moment",
        judged_by: Bare "an id: the account that judged it",
        verdict: Bare "a word of a short list",
        created_at: Bare "a moment",
        updated_at: Bare "a moment",
        key_version: Bare "a count: of the patient's key",
        version: Bare "a count",
        entry: Bare "the ledger's place of the entry under which the row was written",
    }
    /// Records at which people who work here may be curious: a colleague's own, or somebody's whom everybody knows.
    watched_record: Ruled {
        id: Bare "an id",
        patient_id: Bare "an id",
        account_id: Bare "an id: of the colleague whose own record it is",
        made_by: Bare "an id: the account that has it watched",
        created_at: Bare "a moment",
        ended_at: Bare "a moment",
        ended_by: Bare "an id: the account that ended it",
        version: Bare "a count",
        entry: Bare "the ledger's place of the entry under which the row was written",
    }
    /// Second factors.
    authenticator: Account {
        id: Bare "an id",
        account_id: Bare "an id",
        kind: Bare "a word: totp",
        secret: Sealed as Secret "who knows it can make codes",
        created_at: Bare "a moment",
        confirmed_at: Bare "a moment",
        last_step: Bare "the last 30-second step used: a code works once",
        key_version: Bare "a count",
        version: Bare "a count",
    }
    /// Codes for the day the phone is gone.
    recovery_code: Account {
        account_id: Bare "an id",
        number: Bare "1 to 10",
        code_hash: Hashed "keyed hash of an 80-bit random code",
        made_at: Bare "a moment",
        used_at: Bare "a moment",
    }
    /// Keys with which an account signs in, and whose private half we never have.
    passkey: Account {
        id: Bare "an id",
        account_id: Bare "an id",
        credential_index: Blind "finds the passkey that a browser shows at sign-in",
        credential: Sealed as Credential "the public key: whoever could put another one here could sign in",
        name: Sealed as Name "what its owner calls it",
        created_at: Bare "a moment",
        last_used_at: Bare "a moment, shown to the owner",
        key_version: Bare "a count",
        version: Bare "a count",
    }
    /// What an account is called by another provider, where its owner connected it.
    federated_identity: Account {
        id: Bare "an id",
        account_id: Bare "an id",
        identity_index: Blind "finds whom a provider names, by its issuer and what they are called there",
        identity: Sealed as Identity "issuer and subject: whoever could put another's here could sign in",
        provider: Bare "the provider's name in the settings",
        created_at: Bare "a moment",
        last_used_at: Bare "a moment, shown to the owner",
        key_version: Bare "a count",
    }
    /// Addresses that somebody wants to sign in with, until the link that was mailed there is opened.
    email_change: Account {
        id: Bare "an id",
        account_id: Bare "an id",
        key: Blind "a keyed hash of the code in the mailed link",
        email: Sealed as Email "how the person will be reached",
        created_at: Bare "a moment",
        ends_at: Bare "a moment",
        key_version: Bare "a count",
    }
    /// What an account signed in with before a change, for as long as the change can be taken back.
    account_undo: Account {
        id: Bare "an id",
        account_id: Bare "an id",
        key: Blind "finds the row by the code in the mailed link",
        about: Bare "a word: what was changed",
        email: Sealed as Email "how the person was reached before",
        before: Sealed as Before "the password's hash, apps, passkeys and recovery codes before: whoever could put others here could sign in",
        created_at: Bare "a moment",
        ends_at: Bare "a moment",
        key_version: Bare "a count",
    }
    /// Signed-in browsers.
    session: Token {
        id: Bare "an id",
        token_hash: Hashed "SHA-256 of 256 random bits",
        account_id: Bare "an id",
        stage: Bare "how far the sign-in has come",
        created_at: Bare "a moment",
        last_seen: Bare "idle logoff compares it; written at most once a minute",
        ends_at: Bare "a moment",
        ended_at: Bare "a moment",
        end_reason: Bare "a word",
        address: Bare "shown to the owner and in the ledger; of the login, not of the record",
        user_agent: Sealed as UserAgent "tells devices apart",
        key_version: Bare "a count",
        proved_at: Bare "a moment: when the password was said again",
        both_steps_at: Bare "a moment: when both steps were",
    }
    /// Failed tries, by a keyed hash of what was tried.
    throttle: Lookup {
        key: Blind "a keyed hash of account, address, or both",
        kind: Bare "a word",
        failures: Bare "a count",
        first_at: Bare "a moment",
        last_at: Bare "a moment",
        blocked_until: Bare "a moment",
    }
    /// What browsers were asked to sign with a passkey, or to bring back from another provider, for some minutes.
    passkey_challenge: Lookup {
        key: Blind "a keyed hash of the browser or session that was asked, and of what for",
        state: Bare "a random challenge, and how it has to be answered; or where to go on",
        ends_at: Bare "a moment",
    }
    /// What somebody typed who wants an account, until the front desk knows who that is.
    registration: Account {
        account_id: Bare "an id: of the account that comes of it",
        address_index: Blind "finds what was asked for with the same address before",
        name: Sealed as Name "the person's name",
        birth_date: Sealed as BirthDate "a date of birth",
        email: Sealed as Email "how the person is reached",
        phone: Sealed as Phone "how the person is reached",
        state: Bare "a state",
        reason: Bare "a word: why it was refused or unbound",
        evidence: Bare "a word: how the desk knew who the person is",
        patient_id: Bare "an id",
        created_at: Bare "a moment that the id tells already",
        verified_at: Bare "a moment",
        decided_at: Bare "a moment",
        decided_by: Bare "an id: who works here and decided",
        key_version: Bare "a count",
        version: Bare "a count",
        entry: Bare "the ledger's place of the entry under which the row was written",
    }
    /// Invites: to work here, or to read one's own chart.
    invite: Lookup {
        id: Bare "an id",
        key: Blind "finds the row by what its holder shows: a keyed hash of a link's or a slip's code",
        proof: Hashed "keyed hash of the code, of what the invite is for, and of the date of birth",
        kind: Bare "a word: staff, patient, return, register or reset",
        patient_id: Bare "an id",
        role: Bare "a word: what the invited will work as",
        practitioner_id: Bare "an id",
        for_account: Bare "an id: the account whose owner comes back in",
        registration_id: Bare "an id: whose address it verifies",
        name: Bare "of staff alone: the clinic tells patients who works there",
        evidence: Bare "a word: how the desk knew who the patient is",
        state: Bare "a word",
        wrong_dates: Bare "a count",
        made_by: Bare "an id: who works here and made it",
        created_at: Bare "a moment",
        ends_at: Bare "a moment",
        decided_at: Bare "a moment",
        account_id: Bare "an id: the account that it made",
        version: Bare "a count",
        entry: Bare "the ledger's place of the entry under which the row was written",
    }
    /// Who has lost what they sign in with and asked to be let back in.
    recovery: Lookup {
        id: Bare "an id",
        account_id: Bare "an id",
        key: Blind "finds the row by the code in the mailed link",
        for_staff: Bare "yes or no: whether the account works here, so that two people are needed",
        patient_id: Bare "an id: whose chart the account opens",
        name: Sealed as Name "who asks",
        wanted: Bare "a word: how the person is to be checked",
        state: Bare "a word",
        asked_at: Bare "a moment",
        vouched_by: Bare "an id: the first of two",
        vouched_at: Bare "a moment",
        evidence: Bare "a word: how somebody knew who it is",
        reason: Bare "a word: why not",
        decided_by: Bare "an id: who works here and decided",
        decided_at: Bare "a moment",
        proof: Hashed "keyed hash of the row's id and the code that was said to the person",
        wrong_codes: Bare "a count",
        ends_at: Bare "a moment",
        key_version: Bare "a count",
        version: Bare "a count",
        entry: Bare "the ledger's place of the entry under which the row was written",
    }
    /// What someone had typed when their session had ended.
    parked_form: Account {
        id: Bare "an id",
        account_id: Bare "an id",
        route: Bare "a route's pattern and ids, as in the access log",
        body: Sealed as Body "whatever was typed",
        created_at: Bare "a moment",
        key_version: Bare "a count",
    }
    /// Somebody asks to act for a patient, until the front desk knows that they may.
    caregiver_request: Account {
        id: Bare "an id",
        account_id: Bare "an id: who asks",
        own_patient: Bare "an id: the chart that the account opens, so that the desk knows who asks",
        account_name: Sealed as AccountName "who asks",
        phone: Sealed as Phone "how the person is reached",
        name: Sealed as Name "the name of a patient",
        birth_date: Sealed as BirthDate "a date of birth",
        note: Sealed as Note "what somebody wrote to the front desk",
        basis: Bare "a word: why they may",
        scopes: Bare "words: what they want to do",
        state: Bare "a state",
        reason: Bare "a word: why not",
        evidence: Bare "a word: how the desk knew",
        code: Sealed as Code "the code with which exactly this account begins",
        patient_id: Bare "an id",
        decided_by: Bare "an id: who works here and decided",
        created_at: Bare "a moment",
        decided_at: Bare "a moment",
        key_version: Bare "a count",
        version: Bare "a count",
        entry: Bare "the ledger's place of the entry under which the row was written",
    }
    /// Photos of the papers that go with it, until 30 days after the answer.
    caregiver_photo: Account {
        id: Bare "an id",
        account_id: Bare "an id: whose",
        request_id: Bare "an id",
        photo: Sealed as Photo "a picture of a birth certificate, a court's paper or the like",
        created_at: Bare "a moment",
        key_version: Bare "a count",
    }
}
