//! `insight`: the models that read posts, taught and measured.
//!
//! - `train` learns the built-in models from a folder of labelled sets and writes
//!   them where the next build takes them from; without a folder it advises on
//!   thresholds by officers' feedback (`insight_floor`).
//! - `eval` says what to expect of them on unseen texts, each figure with its 95 %
//!   interval, from the same folder.
//! - `add` makes an encoder of published weights (`insight_encoder`).
//! - `read` reads texts, a line each, as the hub would.
//!
//! The files are read here; what is learnt and measured is `insight::lesson`.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::{Args, Subcommand, ValueEnum};

use super::error::{CliError, Done};
use super::insight_encoder::{self, AddArgs};
use super::insight_proof::Proof;
use super::print;
use super::settings::Globals;
use crate::insight::encoder::Encoder;
use crate::insight::lesson::{self, Figure, sets};
use crate::insight::{Insight, Topics};

/// A set's file is read up to so many bytes.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// What `insight` takes.
#[derive(Debug, Args)]
pub struct InsightArgs {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Advise on thresholds by what officers said of alerts and posts; with --data
    /// teach the models anew from labelled sets.
    Train(TrainArgs),
    /// Say what to expect of the models on unseen texts.
    Eval(EvalArgs),
    /// Add an encoder from its published file, which is checked by its hash.
    Add(AddArgs),
    /// Read everything on the floor again with today's models, topics and claims.
    Rerun,
    /// Read texts from the standard input, a line each, as JSON lines.
    Read(ReadArgs),
}

/// What `insight train` takes.
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// The folder of the labelled sets; none: officers' feedback on the floor.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// How far back officers' feedback is looked at.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "30d",
        conflicts_with = "data"
    )]
    pub since: String,
    /// Where the models are written.
    #[arg(
        long,
        value_name = "DIR",
        default_value = "src/insight/weights",
        requires = "data"
    )]
    pub out: PathBuf,
    /// Only this one.
    #[arg(long, requires = "data")]
    pub only: Option<Lesson>,
    /// The encoder that `insight add` made: what uses it is taught too.
    #[arg(long, value_name = "FILE", requires = "data")]
    pub encoder: Option<PathBuf>,
}

/// What `insight eval` takes.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Clusters, claims, bursts or storms instead of the models, or all.
    pub proof: Option<Proof>,
    /// The folder of the labelled sets.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The encoder that `insight add` made: claims and sentiment are measured with it
    /// too.
    #[arg(long, value_name = "FILE")]
    pub encoder: Option<PathBuf>,
    /// Only this one.
    #[arg(long)]
    pub only: Option<Lesson>,
    /// As JSON lines.
    #[arg(long)]
    pub json: bool,
    /// Say instead how long a text takes here, on one core.
    #[arg(long, conflicts_with_all = ["only", "json"])]
    pub cost: bool,
}

/// What `insight read` takes.
#[derive(Debug, Args)]
pub struct ReadArgs {
    /// A gazetteer of topics; may be given again.
    #[arg(long, value_name = "FILE")]
    pub topics: Vec<PathBuf>,
}

/// The models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lesson {
    /// Which language.
    Language,
    /// How it feels.
    Sentiment,
    /// How urgent.
    Urgency,
    /// How it feels, with an encoder.
    Stacked,
}

/// A folder's file by its path.
type Shelf<'a> = lesson::Shelf<'a>;

impl Lesson {
    const ALL: [Self; 4] = [
        Self::Language,
        Self::Sentiment,
        Self::Urgency,
        Self::Stacked,
    ];

    /// The one that was named, or all that can be taught with or without an encoder.
    fn chosen(only: Option<Self>, encoder: Option<&Arc<Encoder>>) -> Result<Vec<Self>, CliError> {
        match (only, encoder) {
            (Some(Self::Stacked), None) => Err(CliError::Usage(
                "This model needs an encoder: name the file that \"watchfloor insight add\" made as --encoder FILE.".into(),
            )),
            (Some(one), _) => Ok(vec![one]),
            (None, Some(_)) => Ok(Self::ALL.to_vec()),
            (None, None) => Ok(Self::ALL.into_iter().filter(|one| *one != Self::Stacked).collect()),
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::Language => "language.bin",
            Self::Sentiment => "sentiment.bin",
            Self::Urgency => "urgency.bin",
            Self::Stacked => "stacked.bin",
        }
    }

    /// The bytes of the model; none for one that lacks its encoder.
    fn learn(
        self,
        sets: Shelf<'_>,
        encoder: Option<&Arc<Encoder>>,
    ) -> Result<Option<Vec<u8>>, CliError> {
        let table = match self {
            Self::Language => lesson::language::learn(sets),
            Self::Sentiment => lesson::sentiment::learn(sets),
            Self::Urgency => lesson::urgency::learn(sets),
            Self::Stacked => {
                return Ok(encoder.map(|encoder| lesson::stacked::learn(sets, encoder).pack()));
            }
        };
        table.pack().map(Some).map_err(CliError::failed)
    }

    fn expect(self, sets: Shelf<'_>, encoder: Option<&Arc<Encoder>>) -> Vec<Figure> {
        match (self, encoder) {
            (Self::Language, _) => lesson::language::expect(sets),
            (Self::Sentiment, _) => lesson::sentiment::expect(sets),
            (Self::Urgency, _) => lesson::urgency::expect(sets),
            (Self::Stacked, Some(encoder)) => lesson::stacked::expect(sets, encoder),
            (Self::Stacked, None) => Vec::new(),
        }
    }
}

/// Carries it out.
pub fn run(globals: &Globals, args: &InsightArgs) -> Result<Done, CliError> {
    match &args.what {
        What::Train(args) => match &args.data {
            Some(data) => train(data, args),
            None => super::insight_floor::advise(globals, &args.since),
        },
        What::Add(args) => insight_encoder::add(globals, args),
        What::Rerun => super::insight_floor::rerun(globals),
        What::Eval(args) => eval(args),
        What::Read(args) => read(args),
    }
}

fn train(data: &Path, args: &TrainArgs) -> Result<Done, CliError> {
    let shelf = shelf(data)?;
    let encoder = args.encoder.as_deref().map(insight_encoder::read);
    let encoder = encoder.transpose()?;
    for lesson in Lesson::chosen(args.only, encoder.as_ref())? {
        let Some(packed) = lesson.learn(&shelf, encoder.as_ref())? else {
            continue;
        };
        let path = args.out.join(lesson.file());
        fs::write(&path, &packed).map_err(|error| {
            CliError::Failed(format!(
                "{}: The model can't be written: {error}.",
                path.display()
            ))
        })?;
        print::line(&format!("{}: {} bytes", path.display(), packed.len()))?;
    }
    print::line("Build again to ship them.")
}

fn eval(args: &EvalArgs) -> Result<Done, CliError> {
    let shelf = shelf(&args.data)?;
    let encoder = args.encoder.as_deref().map(insight_encoder::read);
    let encoder = encoder.transpose()?;
    match args.proof {
        None | Some(Proof::All) => {}
        Some(proof) => return super::insight_proof::run(proof, &shelf, encoder.as_ref()),
    }
    if args.cost {
        return cost(&shelf);
    }
    for lesson in Lesson::chosen(args.only, encoder.as_ref())? {
        let figures = lesson.expect(&shelf, encoder.as_ref());
        if args.json {
            print::json_lines(&figures)?;
        } else {
            figures
                .iter()
                .try_for_each(|figure| print::line(&figure.to_string()).map(|_| ()))?;
        }
    }
    if args.proof.is_some() {
        return super::insight_proof::run(Proof::All, &shelf, encoder.as_ref());
    }
    Ok(Done::Whole)
}

/// Reads posts of five languages again and again.
fn cost(sets: Shelf<'_>) -> Result<Done, CliError> {
    const TIMES: usize = 10;
    let posts: Vec<String> = sets::FEELING
        .iter()
        .filter_map(|(_, folder)| sets(&format!("umsab/{folder}/val_text.txt")))
        .flat_map(|texts| texts.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let insight = Insight::new(Topics::default()).map_err(CliError::failed)?;
    let timed = |what: &dyn Fn(&str) -> usize| {
        let started = Instant::now();
        let sum: usize = (0..TIMES).flat_map(|_| &posts).map(|post| what(post)).sum();
        // The sum is used, so that the work is done.
        let seconds = started.elapsed().as_secs_f64() + f64::from(u8::from(sum == usize::MAX));
        #[allow(clippy::cast_precision_loss, reason = "a few thousand posts")]
        let texts = (TIMES * posts.len().max(1)) as f64;
        seconds * 1e6 / texts
    };
    let whole = timed(&|post| usize::from(insight.read(post, None).urgency.score));
    let language = timed(&|post| usize::from(insight.language(post).is_some()));
    let (claims, known) = super::insight_proof::claims(sets);
    let claimed = timed(&|post| claims.matches(post).len());
    let copies = std::cell::RefCell::new(super::insight_proof::Copies::default());
    let placing = timed(&|post| copies.borrow_mut().place(post));
    let watched = super::insight_proof::watch_cost(&posts);
    let sum = whole + claimed + placing + watched;
    print::line(&format!(
        "claims {claimed:.1} microseconds a text among {known}; copies {placing:.1}; the watch over bursts {watched:.1}; \
         with the rest {sum:.1} ({:.0} texts a second on two cores)",
        2e6 / sum
    ))?;
    print::line(&format!(
        "all of it {whole:.1} microseconds a text ({:.0} texts a second and core); language alone {language:.1}",
        1e6 / whole
    ))
}

fn read(args: &ReadArgs) -> Result<Done, CliError> {
    let mut topics = Topics::default();
    for path in &args.topics {
        let text = fs::read_to_string(path).map_err(|error| {
            CliError::Usage(format!(
                "{}: The gazetteer can't be read: {error}.",
                path.display()
            ))
        })?;
        topics.add(path, &text).map_err(CliError::usage)?;
    }
    let insight = Insight::new(topics).map_err(CliError::failed)?;
    for line in std::io::stdin().lines() {
        print::json(&insight.read(&line.map_err(CliError::failed)?, None))?;
    }
    Ok(Done::Whole)
}

/// Opens the folder `data`.
fn shelf(data: &Path) -> Result<impl Fn(&str) -> Option<String> + use<>, CliError> {
    if !data.is_dir() {
        return Err(CliError::Usage(format!(
            "{}: This is no folder; name the one with the labelled sets.",
            data.display()
        )));
    }
    let data = data.to_owned();
    Ok(move |name: &str| {
        let file = fs::File::open(data.join(name)).ok()?;
        let mut bytes = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
        // Some sets have a broken letter; the rest of the text is good.
        Some(String::from_utf8_lossy(&bytes).into_owned())
    })
}
