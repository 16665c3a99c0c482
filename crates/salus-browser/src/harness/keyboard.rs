//! People who use the keyboard alone: Tab goes to what a test means, arrows choose, and the focus is seen on the way.

use serde::Deserialize;
use thirtyfour::Key;

use super::Browser;

/// More stops than any page of ours has; whoever finds more has found a trap.
pub const MOST_STOPS: usize = 250;

/// Where the focus is.
#[derive(Debug, Deserialize)]
pub struct Stop {
    /// Its number among the page's elements; none for the page itself.
    pub at: Option<usize>,
    /// In words.
    #[serde(rename = "where")]
    pub place: String,
    /// What is wrong with how it looks.
    pub fault: Option<String>,
    /// Whether it is what was looked for.
    pub found: bool,
}

/// How to choose one thing of a page by keys.
#[derive(Deserialize)]
struct Way {
    /// What Tab comes to: of radio buttons any of their name, of an option its list.
    tab: String,
    then: Then,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Then {
    Enter,
    Space,
    /// The arrow goes down to it.
    Down,
}

const WAY: &str = "
  const element = document.querySelector(arguments[0]);
  if (!element) return null;
  if (element.matches('option')) return { tab: `#${element.closest('select').id}`, then: 'down' };
  if (element.matches('input[type=radio]')) return { tab: `[type=radio][name='${element.name}']`, then: 'down' };
  return { tab: arguments[0], then: element.matches('input[type=checkbox]') ? 'space' : 'enter' };
";
/// Whether an option, a radio button or a box is the chosen one.
const IS_CHOSEN: &str =
    "const element = document.querySelector(arguments[0]); return !!(element.selected ?? element.checked)";

impl Browser {
    /// Where the focus is now.
    pub async fn focus(&self) -> Stop {
        self.focus_is_on("").await
    }

    async fn focus_is_on(&self, css: &str) -> Stop {
        self.script_with(include_str!("focus.js"), vec![css.into()]).await
    }

    /// Presses Tab until one of these elements has the focus; every stop on the way must be seen.
    pub async fn tab_to(&self, css: &str) {
        let mut way = Vec::new();
        for _ in 0..MOST_STOPS {
            self.press(Key::Tab).await;
            let stop = self.focus_is_on(css).await;
            if let Some(fault) = stop.fault {
                panic!("{}: {}: {fault}", self.path().await, stop.place);
            }
            if stop.found {
                return;
            }
            way.push(stop.place);
        }
        panic!("Tab does not come to {css} on {}, but to {way:#?}", self.path().await);
    }

    /// Chooses, ticks, follows or presses one thing of the page.
    pub(super) async fn click_by_keys(&self, css: &str) {
        let way: Option<Way> = self.script_with(WAY, vec![css.into()]).await;
        let Some(Way { tab, then }) = way else { panic!("no {css} on {}", self.path().await) };
        self.tab_to(&tab).await;
        match then {
            Then::Enter => self.press(Key::Enter).await,
            Then::Space => self.press(Key::Space).await,
            Then::Down => self.down_to(css).await,
        }
    }

    async fn down_to(&self, css: &str) {
        for _ in 0..MOST_STOPS {
            if self.script_with(IS_CHOSEN, vec![css.into()]).await {
                return;
            }
            // Tab comes to the first radio button without choosing it.
            let here = self.focus_is_on(css).await.found;
            self.press(if here { Key::Space } else { Key::Down }).await;
        }
        panic!("the arrows do not come to {css} on {}", self.path().await);
    }

    /// Types over what is in a field.
    pub(super) async fn fill_by_keys(&self, id: &str, text: &str) {
        self.tab_to(&format!("#{id}")).await;
        let all = self.driver().action_chain().key_down(Key::Control).send_keys("a").key_up(Key::Control);
        all.perform().await.expect("keys");
        self.press(Key::Delete).await;
        self.type_keys(text).await;
    }
}
