//! What characters look like: pictures, faces of punctuation, twins of letters.
//!
//! Owns three small tables. Called by `token`.

/// Whether `c` is a picture that carries feeling or matter.
pub(super) fn is_emoji(c: char) -> bool {
    matches!(
        u32::from(c),
        0x1f300..=0x1f5ff
            | 0x1f600..=0x1f64f
            | 0x1f680..=0x1f6ff
            | 0x1f900..=0x1f9ff
            | 0x1fa70..=0x1faff
            | 0x1f1e6..=0x1f1ff
            | 0x2600..=0x27bf
            | 0x2b05..=0x2b55
            | 0x203c
    ) && !matches!(u32::from(c), 0x1f3fb..=0x1f3ff)
}

const EYES: [char; 4] = [':', ';', '=', 'x'];
const NOSES: [char; 4] = ['-', '\'', '^', 'o'];
const MOUTHS: &str = ")(]['/\\|dpo3*}{sx@";

/// The length in bytes of a face at the start of `text`, such as `:-)`, `<3`,
/// `^^`.
pub(super) fn face(text: &str) -> Option<usize> {
    for whole in [
        "<3", "</3", "^_^", "-_-", "^^", "^.^", "xD", "XD", "T_T", "o_O", "O_o",
    ] {
        if text.starts_with(whole) && ends(text, whole.len()) {
            return Some(whole.len());
        }
    }
    let mut chars = text.chars();
    let eyes = chars.next()?.to_ascii_lowercase();
    if !EYES.contains(&eyes) || eyes == 'x' {
        return None;
    }
    let mut length = 1;
    let mut next = chars.next()?;
    if NOSES.contains(&next) && next != 'o' {
        length += 1;
        next = chars.next()?;
    }
    let mouth = next.to_ascii_lowercase();
    if !MOUTHS.contains(mouth) {
        return None;
    }
    length += 1;
    while chars.next() == Some(next) {
        length += 1;
    }
    // "http:/" and "at:d" are no faces.
    (mouth.is_ascii_punctuation() && !(mouth == '/' && text.starts_with("://"))
        || ends(text, length))
    .then_some(length)
}

fn ends(text: &str, at: usize) -> bool {
    !text
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .is_some_and(char::is_alphanumeric)
}

/// The Latin letter that `c` (Cyrillic or Greek, lower case) is taken for.
pub(super) fn latin_twin(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' | 'ё' => 'e',
        'һ' | 'н' => 'h',
        'і' | 'ι' | 'ї' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' => 'm',
        'п' | 'η' => 'n',
        'о' | 'ο' | 'σ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ν' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'ζ' => 'z',
        _ => return None,
    })
}
