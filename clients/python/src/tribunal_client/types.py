"""What the platform answers, as its OpenAPI document has it. Written by generate_types.py.

A field that is absent is not there: ``episode.get("score")``. A newer platform may answer with more fields and words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:  # every type checker knows it; at run time nobody asks
    from typing_extensions import NotRequired

AlarmsAction = Literal["ignore", "report", "pause", "fail"]
"""What follows when an alarm is raised."""

ArtifactKind = Literal["policy", "generations", "pairs", "demonstrations", "reward-model"]
"""What can be made of it."""

CheckpointFilePart = Literal["model", "adapter", "training"]
"""Who reads a file."""

EpisodeResourceSplit = Literal["train", "held-out"]

Experience = Literal["rollouts", "pairs", "demonstrations", "rated-answers"]
"""What a method learns from."""

HistogramResourceValue = Literal[
    "score",
    "reward",
    "calibratedReward",
    "regularizedReward",
    "logRatio",
    "weight",
    "completionTokens",
]
"""What is distributed: a field of an episode, or its length in tokens."""

JudgeResourceKind = Literal["rule", "llm", "external"]

JudgeResourceState = Literal["probing", "active", "rejected", "draining", "retired", "drifted"]

LabelVerdict = Literal["satisfied", "violated", "skip"]
"""What a person says of a rollout."""

MethodTrialResourceLeftBatch = Literal["undecided", "no-reward"]
"""Why a rollout left the batch."""

MetricResourceGood = Literal["up", "down", "none"]
"""The direction in which a metric gets better."""

MoslimPopulation = Literal["training", "validation"]
"""Answers that statistics are of."""

Need = Literal[
    "reference",
    "calibration",
    "baseline-verdicts",
    "token-kl",
    "entropy",
    "critic",
    "packed-old-log-probs",
]
"""What a method cannot work without, beside the policy's log-probabilities."""

RejudgementResourceState = Literal["queued", "running", "succeeded", "failed", "cancelled"]
"""Where it is in its life."""

RewardModelResourceState = Literal["preparing", "ready", "failed"]

RunResourceFork = Literal["weights", "state"]
"""What a fork takes over from its parent's checkpoint."""

RunState = Literal[
    "validating",
    "queued",
    "running",
    "pausing",
    "paused",
    "cancelling",
    "succeeded",
    "failed",
    "cancelled",
]
"""Where a run is in its life."""

Verdict = Literal["satisfied", "violated", "undecided", "not-asked"]
"""A judge's answer about one item. Undecided is never a number and never a silent pass or fail. A judge answers one
of the first three; the last is the fan-out's word for a judge that was left out.
"""


class Agreement(TypedDict):
    """How far a judge says what others say of the same completions, for example people. What it left undecided is
    counted apart: it is neither right nor wrong, and in none of the shares. All intervals are those of 95 %.
    """

    counts: Confusion
    """of the completions that the judge decided"""

    undecided: int
    """completions that the judge left undecided and the others decided"""

    accuracy: NotRequired[Estimate]
    """share of the decided that both say the same of; absent if none was decided"""

    satisfied: AgreementOfVerdict
    """when the judge says satisfied"""

    violated: AgreementOfVerdict
    """when the judge says violated"""

    kappa: NotRequired[Estimate]
    """Cohen's: 0 by chance, 1 at best; absent where one of the two always says the same"""


class AgreementOfVerdict(TypedDict):
    """AgreementOfVerdict"""

    precision: NotRequired[Estimate]
    """of the completions that the judge says this of, the share that the others say it of too"""

    recall: NotRequired[Estimate]
    """of the completions that the others say this of, the share that the judge says it of too"""


class Artifact(TypedDict):
    """What a finished stage left."""

    stage: str
    """its name"""

    kind: ArtifactKind

    reference: str
    """as another spec would name it: `hf:DIRECTORY` of a policy, `file:PATH` of rows, `NAME@VERSION` of a reward
    model
    """

    digest: str
    """SHA-256; what uses it looks whether it is still the same"""

    metrics: NotRequired[dict[str, float]]
    """what the stage counted and measured, by name, in its order: rows, sides of a split, mean scores; may be empty"""

    createdAt: str


class CheckResponse(TypedDict):
    """CheckResponse"""

    judge: EvaluateResponseJudgeVersion

    problems: NotRequired[list[CheckResponseItemProblem]]
    """what is wrong with the items, in any order; an item that is not named can be judged"""

    unchecked: NotRequired[str]
    """why the judge could not look at the items, or at some of them; nothing is known of those. Absent if all were
    checked
    """


class CheckResponseItemProblem(TypedDict):
    """CheckResponseItemProblem"""

    itemId: str

    pointer: str
    """JSON pointer (RFC 6901) from the item's root, for example `/reference/answer`"""

    detail: str
    """what is wrong and what to do"""


class CheckpointFile(TypedDict):
    """A file of a checkpoint."""

    path: str
    """relative to the checkpoint, with `/`"""

    part: CheckpointFilePart
    """who reads it"""

    bytes: int
    """its size"""

    sha256: NotRequired[str]
    """of its content; absent for checkpoints that are older than what a run needs to go on"""


class CheckpointResource(TypedDict):
    """A checkpoint of a run."""

    id: str

    stage: str
    """of the run that its step is of"""

    step: int

    path: str
    """a Hugging Face directory on the trainer's disk"""

    digest: str
    """SHA-256 over its files"""

    createdAt: str


class CompletionText(TypedDict):
    """The text of a completion."""

    text: str

    finishReason: NotRequired[str]
    """`stop` if the model ended it, `length` if it was cut off; absent if nobody knows"""


class Confusion(TypedDict):
    """What a judge and a second rater, a person or another judge, said of the same completions, both of them
    decided. Who compares two judges takes the newer one for the judge.
    """

    bothSatisfied: int
    """both say satisfied"""

    onlyJudgeSatisfied: int
    """the judge says satisfied, the other one violated"""

    onlyOtherSatisfied: int
    """the judge says violated, the other one satisfied"""

    bothViolated: int
    """both say violated"""


class EpisodeResource(TypedDict):
    """A rollout as stored: all that is needed to rebuild its reward and its weight."""

    id: str

    stage: str
    """of the run that it is of"""

    step: int

    task: str

    split: EpisodeResourceSplit

    prompt: int
    """index of the prompt in the task's file, from 0"""

    sample: int
    """index of the rollout in its group, from 0; below 0 for the prompt's baseline completion, where the method
    trained on it
    """

    policyVersion: int
    """committed steps of the policy that sampled it"""

    messages: list[Message]

    completion: str

    finishReason: str

    tokenIds: list[int]
    """the completion's tokens"""

    logProbs: list[float]
    """natural, at the run's temperature, under the policy that sampled it"""

    referenceLogProbs: list[float]
    """likewise under the reference; empty where there is none"""

    score: NotRequired[float]
    """raw score r of the task's reward model; absent where it has several, whose scores are in `scores`"""

    scoreError: NotRequired[str]
    """why there is no score"""

    rewardModel: NotRequired[str]
    """`NAME@VERSION`; absent where the task has several"""

    scores: list[EpisodeResourceModelScore]
    """by reward model, in the order of the task; with `logRatio` and the transforms of the task they make `reward`"""

    baseline: NotRequired[str]
    """the prompt's baseline completion; absent where the task has none"""

    baselineScore: NotRequired[float]
    """raw score of the prompt's baseline completion, by the same version of the reward model"""

    reward: NotRequired[float]
    """what the transforms of the task make of the scores, constraints aside; absent where a score is"""

    calibratedReward: NotRequired[float]
    """eq. 5; where the task has several reward models and compares them with the baseline completion, the same as
    `reward`
    """

    regularizedReward: NotRequired[float]
    """eq. 11; only where the method uses it"""

    logRatio: NotRequired[float]
    """log pi/pi_ref summed over the completion; absent without a reference"""

    feasible: NotRequired[bool]
    """absent while undecided"""

    verdicts: list[JudgementResponseJudgeVerdict]

    weight: float
    """advantage or other factor of the completion's log-likelihood in the ascent direction, before the division by
    the size of the batch; 0 if it left the batch
    """

    role: NotRequired[str]
    """what the method took it for"""

    heldOutScores: NotRequired[list[EpisodeResourceModelScore]]
    """of the reward models that training does not use; absent without them"""

    heldOutVerdicts: NotRequired[list[JudgementResponseJudgeVerdict]]
    """of the judges that training does not use; absent without them"""


class EpisodeResourceModelScore(TypedDict):
    """What one reward model said of the completion, and of the prompt's baseline completion."""

    name: str
    """as the task's `rewards` call the reward model"""

    rewardModel: str
    """`NAME@VERSION`"""

    score: NotRequired[ScoreValue]
    """raw; absent exactly where there is an error"""

    error: NotRequired[str]
    """why there is no score"""

    baseline: NotRequired[ScoreValue]
    """absent where the task has no baseline completion, or it was not scored"""


class Estimate(TypedDict):
    """A figure of a sample, with its 95 % interval."""

    value: float

    low: float
    """at most `value`"""

    high: float
    """at least `value`"""

    n: int
    """completions that it is taken over"""


class EvaluateResponse(TypedDict):
    """Exactly one result an item, in any order."""

    requestId: str

    judge: EvaluateResponseJudgeVersion

    results: list[EvaluateResponseResult]


class EvaluateResponseJudgeVersion(TypedDict):
    """EvaluateResponseJudgeVersion"""

    name: str

    version: str


class EvaluateResponseResult(TypedDict):
    """EvaluateResponseResult"""

    itemId: str

    verdict: Verdict

    score: NotRequired[float]
    """finite, the judge's own scale; absent when undecided"""

    reason: NotRequired[str]

    error: NotRequired[VerdictError]
    """present exactly when undecided"""


class FieldError(TypedDict):
    """One mistake in a request: a JSON pointer (RFC 6901) to it, and what is wrong and what to do."""

    pointer: str

    detail: str


class HeadScore(TypedDict):
    """What one head of a reward model says of a completion."""

    name: str
    """among the heads of its reward model"""

    mean: float
    """the head's score; of a head that classifies the expected index of the class, from 0"""

    deviation: NotRequired[float]
    """the standard deviation of the score; absent of a head that does not know it"""

    classes: dict[str, float]
    """probability of each class; default none, as of a head that does not classify"""

    standardised: dict[str, float]
    """the same less their means and divided by their standard deviations, which are stored with the reward model;
    default none, as of a reward model that has none stored
    """


class HistogramResource(TypedDict):
    """How a value is distributed over the rollouts of a task, by part of its steps. Rollouts without the value are
    not counted.
    """

    task: str

    value: HistogramResourceValue

    low: float
    """the least value, where the first bin begins"""

    high: float
    """the greatest value, where the last bin ends; bins are of equal width, and hold their lower end"""

    parts: list[HistogramResourcePart]
    """oldest first; a part without a value is absent"""


class HistogramResourcePart(TypedDict):
    """Some steps of the run."""

    fromStep: int
    """the first"""

    toStep: int
    """the last"""

    counts: list[int]
    """rollouts by bin"""


class JudgeItem(TypedDict):
    """One completion to judge."""

    itemId: str
    """unique within a request; a fixture of a registration may leave it out"""

    messages: NotRequired[list[Message]]
    """the prompt, oldest turn first"""

    completion: CompletionText

    reference: NotRequired[dict[str, Any]]
    """what the prompt's data says is right, for example `answer`; may be empty"""

    metadata: NotRequired[dict[str, Any]]
    """what else the prompt's data says, for example `instruction_id_list`; may be empty"""


class JudgeLogEntry(TypedDict):
    """Something that happened to a judge. What was asked of it is known since the service started, and up to the
    latest 500 entries.
    """

    time: str
    """of the first call, where several are told together"""

    event: str
    """`registered`, `gate` (the conformance gate decided), `contact` (it was looked at), `answered` (calls after
    which every item had a verdict), `undecided` (items of a call that have none) or `breaker`
    """

    message: str
    """for a person"""

    code: NotRequired[str]
    """of an `undecided`, as in the verdicts' errors"""

    calls: NotRequired[int]
    """that are told together; absent where nothing was asked"""

    items: NotRequired[int]
    """of the calls that it is about"""

    requestId: NotRequired[str]
    """of the latest call"""

    latencyMs: NotRequired[int]
    """of the slowest call, waiting and retries included"""


class JudgeRegistrationLlm(TypedDict):
    """A question about a completion whose answer is one of two tokens. As the registry shows it, everything is
    filled in.
    """

    template: NotRequired[str]
    """`NAME@VERSION` of a question that ships, see `GET /v1/judge-templates`"""

    question: NotRequired[str]
    """the question itself, in place of a template: `{completion}` and perhaps `{prompt}` and `{reference}` are
    filled in, and `{fence}` with a line that none of them contains
    """

    raw: NotRequired[bool]
    """whether the question is sent as it stands, without the model's chat template; default false"""

    satisfied: NotRequired[str]
    """the reply that is good, one token; default the template's"""

    violated: NotRequired[str]
    """the reply that is bad, one token; default the template's"""

    threshold: NotRequired[float]
    """satisfied from this share of the satisfied token's probability on; default 0.5"""

    maxCharacters: NotRequired[int]
    """of a whole question: an item with a longer one is undecided; default 100000"""

    model: JudgeRegistrationLlmModel


class JudgeRegistrationLlmModel(TypedDict):
    """The language model that is asked: a checkpoint, or a server. One that is a checkpoint may be written as its
    reference alone.
    """

    checkpoint: NotRequired[str]
    """`hf:DIRECTORY`"""

    digest: NotRequired[str]
    """of the checkpoint, filled in at registration"""

    url: NotRequired[str]
    """base URL of an OpenAI-compatible server"""

    name: NotRequired[str]
    """of the model on the server"""

    secretRef: NotRequired[str]
    """the name of a secret that the judge service is configured with: the server's API key"""

    topLogProbs: NotRequired[int]
    """how many of the likeliest tokens the server is asked for, 2 to 20; default 20"""

    options: NotRequired[dict[str, Any]]
    """further fields of each request to the server, for example `chat_template_kwargs` that keep a model from
    thinking first; default none
    """


class JudgeResource(TypedDict):
    """A version of a judge as the registry knows it."""

    name: str

    version: str

    kind: JudgeResourceKind

    state: JudgeResourceState

    digest: str
    """SHA-256 over all that decides its verdicts as far as the registry knows it; a run pins it"""

    description: NotRequired[str]

    url: NotRequired[str]

    source: NotRequired[str]
    """who registered it, if not over HTTP: `kubernetes:NAMESPACE/SERVICE`"""

    deterministic: bool

    timeoutMs: int

    maxBatchItems: int

    maxInFlight: int

    report: list[JudgeResourceCheck]
    """what the conformance gate found; empty for judges that ship with the service"""

    probedAt: NotRequired[str]
    """when the gate last decided"""

    health: JudgeResourceHealth
    """live metrics since the service started"""

    contact: NotRequired[JudgeResourceContact]
    """how the judge's service was when it was last looked at; absent if it never was"""

    createdAt: str

    requires: NotRequired[list[str]]
    """fields of an item without which it leaves the item undecided, for example `reference.answer`; absent if it
    needs none
    """

    checksItems: NotRequired[bool]
    """whether it can tell what is wrong with a prompt's data before there is a completion"""

    llm: NotRequired[JudgeRegistrationLlm]
    """the question that a judge asks a language model, word for word"""

    canary: NotRequired[JudgeResourceCanary]
    """what it last said of its fixtures, which it is asked again now and then; absent if it was not asked since the
    service started, or has none
    """

    drift: NotRequired[JudgeResourceDrift]
    """why it is `drifted`, or was at last; absent if it never drifted"""

    namespace: str
    """of the team that it belongs to; `shared` for all"""


class JudgeResourceCanary(TypedDict):
    """The fixtures, asked again."""

    at: str

    fixtures: int

    asRegistered: int
    """how many got the verdict that the registration expects"""

    undecided: int
    """how many got none"""


class JudgeResourceCheck(TypedDict):
    """One check of the conformance gate."""

    name: str

    passed: bool

    detail: NotRequired[str]


class JudgeResourceContact(TypedDict):
    """JudgeResourceContact"""

    reachable: bool
    """whether it told its descriptor"""

    detail: NotRequired[str]
    """what was in the way, if anything"""

    at: str


class JudgeResourceDrift(TypedDict):
    """JudgeResourceDrift"""

    since: str

    until: NotRequired[str]
    """when its verdicts were as registered again; absent while they are not"""

    fixture: int
    """index of a fixture in the registration"""

    expected: Verdict

    said: Verdict

    reason: NotRequired[str]
    """the judge's own words"""

    tries: int
    """how often it was asked of that fixture"""

    differing: int
    """how often it said `said`"""


class JudgeResourceHealth(TypedDict):
    """JudgeResourceHealth"""

    breaker: str
    """closed, open or half_open"""

    verdicts: int

    undecidedRate: float
    """share of items, 0 when none were judged"""

    p50Ms: NotRequired[float]

    p99Ms: NotRequired[float]


class JudgeStatistics(TypedDict):
    """What one version of a judge did in a run, by the verdicts that were stored with its episodes."""

    judge: str

    version: str

    breaker: NotRequired[str]
    """closed, open or half_open, as it is now; absent if the judge service does not say"""

    tasks: list[JudgeStatisticsTaskVerdicts]

    undecided: dict[str, int]
    """how many of its verdicts were undecided, by the code of their error"""

    latency: NotRequired[JudgeStatisticsLatency]
    """absent while no verdict needed a request"""

    agreement: list[JudgeStatisticsAgreement]
    """with each judge that decided some of the same completions"""


class JudgeStatisticsAgreement(TypedDict):
    """JudgeStatisticsAgreement"""

    judge: str

    version: str

    decided: int
    """completions that both judges decided"""

    same: int
    """those to which both gave the same verdict"""

    kappa: NotRequired[float]
    """Cohen's kappa (1960): 1 for full agreement, 0 for what their rates give by chance; absent where chance alone
    would make them agree always
    """

    bothViolated: NotRequired[int]
    """completions that both found violated; absent from an older trainer"""


class JudgeStatisticsLatency(TypedDict):
    """How long a verdict took, waiting and retries included, in milliseconds."""

    p50Ms: float

    p90Ms: float

    p99Ms: float

    maxMs: float

    attempts: float
    """requests for a verdict, on average"""


class JudgeStatisticsStepVerdicts(TypedDict):
    """The same of the steps from `fromStep` to `toStep`: of one, or of more where there are many."""

    fromStep: int

    toStep: int

    satisfied: int

    violated: int

    undecided: int

    notAsked: int


class JudgeStatisticsTaskVerdicts(TypedDict):
    """How many completions of a task got which verdict, in all and over the steps."""

    task: str

    satisfied: int

    violated: int

    undecided: int

    notAsked: int

    steps: list[JudgeStatisticsStepVerdicts]


class JudgeTemplateResource(TypedDict):
    """A question that ships: what an LLM judge asks, word for word. It never changes."""

    name: str

    version: str

    question: str
    """with `{prompt}`, `{completion}`, `{reference}` and `{fence}` to be filled in"""

    satisfied: str
    """the reply that is good, one token"""

    violated: str
    """the reply that is bad, one token"""


class JudgementResponseJudgeVerdict(TypedDict):
    """JudgementResponseJudgeVerdict"""

    judge: str

    version: str

    verdict: Verdict

    score: NotRequired[float]

    reason: NotRequired[str]

    error: NotRequired[VerdictError]

    latencyMs: int
    """how long the judge's answer took, waiting and retries included"""

    attempts: int
    """requests sent for this verdict; 0 if none was: it is cached, the breaker was open, or the judge was not asked"""

    cached: bool
    """whether the judge gave this verdict earlier, about the same completion, and was not asked again"""


class LabelAgreement(TypedDict):
    """How far the judges of a run say what people say of its rollouts."""

    labels: int
    """verdicts of people that there are"""

    skipped: int
    """of these, how many say neither satisfied nor violated"""

    constraints: NotRequired[LabelAgreementCompared]
    """all constraints of a task together, against the labels that name no judge; absent if there are none"""

    judges: list[LabelAgreementJudgeLabels]
    """against the labels that name the judge, and where a rollout has none, against the one of all constraints"""


class LabelAgreementCompared(TypedDict):
    """LabelAgreementCompared"""

    agreement: Agreement
    """over the rollouts that a person called satisfied or violated"""

    disagreements: list[str]
    """ids of rollouts that a person and the judge say the opposite of, the first 100"""


class LabelAgreementJudgeLabels(TypedDict):
    """Of one version of a judge."""

    judge: str

    version: str

    compared: LabelAgreementCompared


class LabelResource(TypedDict):
    """A person's verdict of a rollout, as stored."""

    episode: str
    """the rollout's id"""

    step: int

    task: str

    split: EpisodeResourceSplit

    prompt: int

    sample: int

    judge: NotRequired[str]
    """name of the judge whose constraint was looked at; absent for all of the task's constraints together"""

    verdict: LabelVerdict

    note: NotRequired[str]
    """why"""

    by: NotRequired[str]
    """who says so"""

    labelledAt: str

    item: NotRequired[JudgeItem]
    """what was looked at, as a judge is asked about it; only where it is asked for. Its reference and metadata are
    those of the prompt file, and empty where that is another one now
    """


class LineageResource(TypedDict):
    """The tree of forks that a run is in: its ancestors, as far as they are there, and all of their descendants."""

    run: str
    """that was asked for"""

    runs: list[LineageResourceNode]
    """every parent before its children, the oldest first; at most `#MAX_RUNS`"""

    truncated: bool
    """whether there are more"""


class LineageResourceNode(TypedDict):
    """A run of the tree."""

    id: str

    name: str

    state: RunState

    parent: NotRequired[RunResourceParent]
    """absent if it was not forked; the parent itself is not in the tree where it has been deleted"""

    step: int
    """committed steps"""

    steps: int
    """of all stages"""

    stages: list[LineageResourceStageNode]
    """in their order"""

    checkpoints: list[int]
    """that there are, by their steps"""

    differences: list[str]
    """pointers to what its spec has otherwise than its parent's; none where that is not there"""

    createdAt: str

    finishedAt: NotRequired[str]


class LineageResourceStageNode(TypedDict):
    """A stage of a run."""

    name: str

    type: str
    """as a spec names it"""

    artifact: NotRequired[Artifact]
    """what it left; absent until it is finished"""


class Message(TypedDict):
    """One turn of a conversation; `role` is system, user or assistant."""

    role: str

    content: str


class MethodResource(TypedDict):
    """A method."""

    name: str
    """as specs write it: the `type` of a task's `method`"""

    kind: Experience
    """what it learns from"""

    paper: str
    """where it is published"""

    description: str
    """CommonMark"""

    hyperparameters: dict[str, Any]
    """their JSON Schema, with bounds and defaults"""

    needs: list[Need]
    """what it cannot work without, at its defaults"""


class MethodTrialResource(TypedDict):
    """What a method made of groups."""

    method: dict[str, Any]
    """with every default filled in"""

    loss: float
    """of the whole minibatch, to be minimised"""

    groups: list[MethodTrialResourceGroup]
    """as they were given"""


class MethodTrialResourceGroup(TypedDict):
    """One prompt's rollouts."""

    prompt: int

    rollouts: list[MethodTrialResourceRollout]


class MethodTrialResourceRollout(TypedDict):
    """What became of a rollout."""

    sample: int

    leftBatch: NotRequired[MethodTrialResourceLeftBatch]
    """why it is in no loss and no mean, if it left the batch"""

    scores: dict[str, ScoreValue]
    """raw, by reward model, as they were given"""

    reward: NotRequired[float]
    """what the method was told that it is worth, its constraints aside"""

    role: NotRequired[str]
    """what the method took it for"""

    regularizedReward: NotRequired[float]
    """eq. 11, or another reward less its KL penalty, where the method has one"""

    advantage: NotRequired[float]
    """weight of its log-likelihood in the ascent direction before any division by the batch's size; the mean over
    its tokens where they differ; absent where it follows from the forward pass
    """

    slopes: MethodTrialResourceSlopes
    """the loss's, by what the policy and the critics say of the rollout"""


class MethodTrialResourceSlopes(TypedDict):
    """Derivatives of the loss. What it does not depend on is absent."""

    logProbs: list[float]
    """by each token's log-probability"""

    tokenKl: NotRequired[list[float]]
    """by each token's KL"""

    entropy: NotRequired[list[float]]
    """by each token's entropy"""

    values: NotRequired[list[list[float]]]
    """by each critic's value of each token"""


class MetricColumns(TypedDict):
    """What was measured since a cursor."""

    cursor: str
    """where the next look goes on: nothing that a client should read"""

    reset: bool
    """whether the series begin anew, since the run took back steps that the client has seen: it forgets them"""

    hasMore: bool
    """whether more was measured already than one answer holds: ask again at once"""

    series: list[MetricSeries]
    """of what is new; one without news is not there"""


MetricResource = TypedDict(
    "MetricResource",
    {
        "name": "str",
        "sentence": "str",
        "unit": "str",
        "good": "MetricResourceGood",
        "of": "NotRequired[str]",
        "with": "list[str]",
    },
)
"""A metric that runs may have."""


class MetricSeries(TypedDict):
    """One metric over the steps, as two columns of the same length. A step at which it was not measured is not
    there.
    """

    name: str
    """as in `GET /v1/metrics`"""

    task: NotRequired[str]
    """absent for a metric of the whole run"""

    steps: list[int]
    """ascending; the same one twice where a stage ends and the next one begins with an evaluation"""

    values: list[float]
    """one a step"""


class RejudgedSample(TypedDict):
    """A completion that was judged again."""

    episode: str
    """the stored rollout's id"""

    step: int

    task: str

    split: EpisodeResourceSplit

    prompt: int

    sample: int

    messages: list[Message]

    completion: str

    before: RejudgedSampleWorth
    """as it was stored"""

    now: RejudgedSampleWorth
    """with the new verdict"""

    error: NotRequired[VerdictError]
    """why the new verdict is undecided"""


class RejudgedSampleWorth(TypedDict):
    """What a completion was or would have been worth."""

    verdict: NotRequired[Verdict]
    """absent where no judge was replaced"""

    score: NotRequired[float]
    """that the judge gave"""

    reason: NotRequired[str]
    """that the judge gave"""

    feasible: NotRequired[bool]
    """absent while undecided"""

    reward: NotRequired[float]
    """constraints included: 0 where one is violated; absent while undecided, or where a score is missing"""

    weight: NotRequired[float]
    """in training; absent for what was not trained on, and where it could not be computed"""


class RejudgementRequest(TypedDict):
    """Which judge is to judge stored completions again."""

    judge: str
    """`NAME@VERSION`; `NAME` alone is the version that the run has pinned, if it has one, else the latest"""

    replaces: NotRequired[str]
    """the judge in whose place its verdicts are taken, in the tasks that have it; default the one of the same name.
    Where no task has it, the verdicts stand beside those of all tasks' judges, as one more constraint
    """

    parameters: dict[str, Any]
    """laid over those that the task gives to the judge of the same name; default no change"""

    threshold: NotRequired[float]
    """the least score of a satisfied completion, whatever the judge says itself. Where judge and parameters are the
    run's own, the stored scores are taken and nobody is asked. Default: the judge's verdict is taken
    """

    task: NotRequired[str]
    """only rollouts of this task"""

    step: NotRequired[int]
    """only rollouts of this step"""

    split: NotRequired[EpisodeResourceSplit]
    """only rollouts of this split"""


class RejudgementResource(TypedDict):
    """Stored completions of a run, judged again. Nothing of the run itself is changed by it."""

    id: str

    run: str
    """whose completions they are"""

    request: RejudgementRequest
    """as it was read"""

    judges: dict[str, RejudgementResourceTaskJudge]
    """by task, what is asked and in whose place"""

    state: RejudgementResourceState
    """where it is in its life"""

    done: int
    """completions that are judged"""

    total: int
    """completions that are to be judged, as far as they were stored when it was created"""

    failure: NotRequired[str]
    """why it failed, and what to do; absent unless it did"""

    result: NotRequired[RejudgementResourceResult]
    """absent until it has succeeded"""

    createdAt: str

    startedAt: NotRequired[str]

    finishedAt: NotRequired[str]


class RejudgementResourceComparison(TypedDict):
    """Verdicts and what they do, before and after."""

    rollouts: int
    """that are judged again"""

    confusion: dict[str, dict[str, int]]
    """by the verdict before, `none` where no judge was replaced, and `not-asked` where a violation by another judge
    spared it: how often each verdict came after it
    """

    agreement: NotRequired[Estimate]
    """share of the completions with both verdicts decided that have the same one"""

    kappa: NotRequired[Estimate]
    """Cohen's, over the same completions, with the bootstrap interval over prompts; absent where it has no value"""

    feasible: NotRequired[Estimate]
    """share of the decided completions that satisfy every constraint, as it was"""

    feasibleNow: NotRequired[Estimate]
    """likewise, with the new verdicts"""

    verdictsChanged: int
    """completions with another verdict than before"""

    feasibleChanged: int
    """completions of which another thing is known: feasible, infeasible or undecided"""

    rewardsChanged: int
    """completions with another reward, constraints included"""

    weightsChanged: NotRequired[int]
    """completions that would have had another weight in training, as far as that is computed; absent where it is not
    at all
    """


class RejudgementResourceResult(TypedDict):
    """What came of it."""

    all: RejudgementResourceComparison
    """of all tasks together"""

    tasks: list[RejudgementResourceTaskResult]
    """of each task, by its steps"""


class RejudgementResourceStepComparison(TypedDict):
    """What changed in some steps."""

    fromStep: int

    toStep: int

    rollouts: int

    feasible: int
    """decided completions that satisfied every constraint"""

    infeasible: int
    """decided completions that did not; `undecided` the others; and the same with the new verdicts"""

    undecided: int

    feasibleNow: int

    infeasibleNow: int

    undecidedNow: int

    verdictsChanged: int

    rewardsChanged: int


class RejudgementResourceTaskJudge(TypedDict):
    """What is asked of a task's completions."""

    judge: str
    """`NAME@VERSION`"""

    digest: NotRequired[str]
    """of the judge"""

    parameters: dict[str, Any]
    """that it is given"""

    replaces: NotRequired[str]
    """`NAME@VERSION` of the task's judge in whose place its verdicts are taken; absent where they stand beside those
    of the task's judges
    """

    asked: bool
    """whether the judge is asked; else the stored scores are held against the threshold"""


class RejudgementResourceTaskResult(TypedDict):
    """RejudgementResourceTaskResult"""

    task: str

    comparison: RejudgementResourceComparison

    weights: RejudgementResourceWeights
    """how far the weights could be computed again"""

    steps: list[RejudgementResourceStepComparison]
    """in their order; of many steps several are counted together"""


class RejudgementResourceWeights(TypedDict):
    """How far weights could be computed again. A step counts only if the method, given the verdicts as they were,
    makes the very weights that are stored.
    """

    steps: int
    """of training that have rollouts"""

    computed: int
    """of how many of them the weights are known"""

    reasons: list[str]
    """why they are not, where they are not"""


class RewardModelResource(TypedDict):
    """A version of a reward model."""

    name: str

    version: str

    state: RewardModelResourceState

    digest: NotRequired[str]
    """of the checkpoint it scores with; absent until it is ready. A run pins it"""

    path: NotRequired[str]

    maxTokens: NotRequired[int]
    """that prompt and completion may have together, as its own tokenizer counts them; absent where that is not
    known, as of a server of another system
    """

    labels: list[str]
    """of a reward model that classifies, in their order; none of one that gives a number alone"""

    heads: list[RewardModelResourceHead]
    """of a reward model with several, in their order; none of one with a single head"""

    progress: float
    """share of the preparation that is done, 0 to 1"""

    metrics: dict[str, float]
    """what training measured, for example `validationAccuracy`, `trainingLoss`"""

    curve: list[RewardModelResourceCurvePoint]
    """what was measured during training, the earliest first; it grows while the training goes on"""

    failure: NotRequired[str]
    """why it failed, and what to do"""

    conditions: list[RewardModelResourceCondition]
    """what makes it doubtful though it can be used, such as few pairs or an accuracy at chance"""

    source: dict[str, Any]

    createdAt: str

    namespace: str
    """of the team that it belongs to; `shared` for all"""


class RewardModelResourceCondition(TypedDict):
    """RewardModelResourceCondition"""

    type: str
    """which of the known doubts, for example `contradicting-pairs`"""

    message: str
    """the numbers behind it, and what to do"""


class RewardModelResourceCurvePoint(TypedDict):
    """One measurement during training."""

    step: int
    """after which it was taken, from 1"""

    epoch: int
    """of the step, from 1"""

    learningRate: float
    """of the step"""

    trainingLoss: float
    """mean since the measurement before, while the weights moved"""

    trainingAccuracy: NotRequired[float]
    """likewise; absent of a loss that has none"""

    validationLoss: NotRequired[float]
    """absent where nothing is held out"""

    validationAccuracy: NotRequired[float]
    """likewise"""


class RewardModelResourceHead(TypedDict):
    """A head of a reward model with several."""

    name: str
    """among the heads"""

    classes: NotRequired[list[RewardModelResourceHeadClass]]
    """of a head that classifies, from the least to the most, with what is stored of each; none of a head that gives
    a mean and a deviation
    """

    population: NotRequired[MoslimPopulation]
    """over which answers what is stored of the classes was taken; absent of a head without classes"""


class RewardModelResourceHeadClass(TypedDict):
    """RewardModelResourceHeadClass"""

    label: str

    mean: float
    """of the class's probability over the population"""

    std: float
    """its standard deviation over the same"""


class RunDifferences(TypedDict):
    """What differs between the resolved specs of two runs."""

    run: str
    """the first run's id"""

    other: str
    """the second run's id"""

    differences: list[RunDifferencesDifference]
    """in the order of the specs"""


class RunDifferencesDifference(TypedDict):
    """A value that is another one. Elements of lists are told apart by their names, where they have names."""

    pointer: str
    """JSON pointer into the second spec; into the first one for what the second has not"""

    value: NotRequired[Any]
    """of the first run; absent where it has none"""

    otherValue: NotRequired[Any]
    """of the second run; absent where it has none"""


class RunEvent(TypedDict):
    """Something that happened to a run."""

    sequence: int
    """rises within a run, from 1: the `id:` of the event stream. Those of steps that a resumed run has taken back
    are missing, and none is given twice
    """

    time: str

    type: str
    """`state`, `step`, `evaluation`, `checkpoint`, `best` (a checkpoint is the best one so far), `artifact` (a stage
    is finished), `warning`, `recovered` (what the run waited for is back), `resumed` (the run goes on from the
    checkpoint of `data.step`; the `data.steps` steps after it are taken again), `alarm` (raised, or over where
    `data.over` is true)
    """

    message: str

    data: dict[str, Any]


class RunResource(TypedDict):
    """A run as it stands."""

    id: str

    name: str

    labels: dict[str, str]

    methods: list[str]
    """of its tasks, each once"""

    state: RunState

    step: int
    """committed steps, of all stages"""

    steps: int
    """of all stages"""

    stage: NotRequired[str]
    """that is at hand; absent in a run of one"""

    artifacts: list[Artifact]
    """what finished stages left, in the order of the stages"""

    tasks: list[str]

    phase: NotRequired[str]
    """what a running run is doing now, for people: `evaluating before training`, `step 12`, and how far the check of
    a run in `validating` is
    """

    terminalReason: NotRequired[str]
    """why it ended, when it did not succeed"""

    errors: list[FieldError]
    """the mistakes of its spec, with pointers into it, if they were found after it was created"""

    conditions: list[RunResourceCondition]
    """what a person should know now, for example that a judge is mostly undecided"""

    createdAt: str

    startedAt: NotRequired[str]

    finishedAt: NotRequired[str]

    waitsFor: list[RunResourceWait]
    """what it waits for now, for more than two seconds"""

    alarms: list[RunResourceAlarm]
    """that are raised and not over"""

    signal: NotRequired[RunResourceSignal]
    """how many of its steps taught it something; absent in a run without steps of training"""

    bestCheckpoint: NotRequired[RunResourceBestCheckpoint]
    """of the latest stage that says which metric decides; absent without one"""

    parent: NotRequired[RunResourceParent]
    """the run that it was forked from; absent if it was not"""

    namespace: str
    """of the team that it belongs to"""


class RunResourceAlarm(TypedDict):
    """Something that makes the run doubtful."""

    type: str
    """`no-signal`, `feasible-rate-low`, `judge-never-satisfied`, `undecided-high`, `truncated-high`,
    `empty-completions`, `reward-hacking`, `kl-high`, `entropy-collapse`, `length-runaway`, `gradient-explosion`
    or `blow-up`
    """

    severity: AlarmsAction
    """what the spec says is to follow: `report`, `pause` or `fail`"""

    task: NotRequired[str]
    """absent where it is of all of them"""

    judge: NotRequired[str]
    """that is the cause; absent where none is"""

    message: str
    """for people, with the numbers and the thresholds"""

    since: str
    """when it was raised"""

    step: int
    """at which it was raised"""

    evidence: dict[str, float]
    """the numbers that raised it, by name"""

    episodes: NotRequired[str]
    """query of `GET /v1/runs/{id}/episodes` for samples; absent where none help"""


class RunResourceBestCheckpoint(TypedDict):
    """A checkpoint that is kept because it is the best one so far."""

    step: int

    metric: str
    """that decides, as the stage's evaluation names it"""

    task: str
    """whose metric it is"""

    value: float
    """that the checkpoint has of it"""


class RunResourceCondition(TypedDict):
    """RunResourceCondition"""

    type: str
    """a stable word; `since` when it became true"""

    message: str

    since: str


class RunResourceParent(TypedDict):
    """Where a fork comes from."""

    run: str
    """its id; the run itself may have been deleted since"""

    step: int
    """of the checkpoint"""

    kind: RunResourceFork
    """what it took over"""


class RunResourceSignal(TypedDict):
    """RunResourceSignal"""

    steps: int
    """committed steps of training"""

    stepsWithoutUpdate: int
    """those in which no rollout had a weight, so that the policy stayed as it was"""


class RunResourceWait(TypedDict):
    """RunResourceWait"""

    kind: str
    """`judge`, `judge-service`, `reward-model`, `reward-service`, `model-loading`, `service` (what the spec names,
    while it is validated) or `queue`
    """

    name: str
    """of the judge or reward model with its version, of the checkpoint, or of the queue"""

    since: str
    """when the wait began"""

    message: str
    """for people"""


class ScoreResponse(TypedDict):
    """One result an item, in the order asked."""

    requestId: NotRequired[str]

    name: str

    version: str

    results: list[ScoreResponseResult]


class ScoreResponseHead(TypedDict):
    """ScoreResponseHead"""

    name: str
    """among the heads of its reward model"""

    mean: float
    """the head's score; of a head that classifies the expected index of the class, from 0"""

    deviation: NotRequired[float]
    """standard deviation of the score; only of a head that knows it"""

    classes: NotRequired[dict[str, float]]
    """probability of each class; only of a head that classifies"""

    standardised: NotRequired[dict[str, float]]
    """the same less their stored means and divided by their stored standard deviations"""


class ScoreResponseResult(TypedDict):
    """ScoreResponseResult"""

    itemId: str

    score: NotRequired[float]
    """one finite number, the reward model's raw score; absent exactly when there is an error. Of a reward model with
    several classes the expected index of the class, from 0
    """

    deviation: NotRequired[float]
    """standard deviation of the score, on its scale; only of a reward model that knows how sure it is"""

    classes: NotRequired[dict[str, float]]
    """probability of each label; only of a reward model with several"""

    heads: NotRequired[list[ScoreResponseHead]]
    """what each head says; only of a reward model with several heads. Of heads with deviations the score and its
    deviation are those of the surest head; of heads that classify the score is their mean
    """

    error: NotRequired[ScoreResponseScoreError]


class ScoreResponseScoreError(TypedDict):
    """ScoreResponseScoreError"""

    code: str

    detail: str


class ScoreValue(TypedDict):
    """What a reward model says of a completion."""

    value: float
    """the raw score, or what a transform made of it; finite"""

    deviation: NotRequired[float]
    """its standard deviation, on the value's scale; absent of a reward model that does not know it"""

    classes: dict[str, float]
    """probability of each label; default none, as of a reward model that does not classify"""

    heads: list[HeadScore]
    """what each of its heads says; default none, as of a reward model with one head"""


class StressReport(TypedDict):
    """What a judge can be talked into."""

    judge: EvaluateResponseJudgeVersion

    items: int
    """completions that were given"""

    violated: int
    """of these, those that the judge finds violated, and which the attacks are made on"""

    attacks: list[StressReportAttacked]
    """the ways in which they were dressed up, always the same ones in the same order"""


class StressReportAttacked(TypedDict):
    """StressReportAttacked"""

    attack: str
    """what was done to the completions, as `unchanged`, by which flips are by chance, or `quoted-verdict`"""

    decided: int
    """completions that the judge decided, dressed up so"""

    undecided: int

    flips: list[StressReportFlip]
    """those of them that it finds satisfied now"""

    share: NotRequired[Estimate]
    """of the decided ones that flipped, with its 95 % interval; absent if none was decided"""


class StressReportFlip(TypedDict):
    """StressReportFlip"""

    itemId: str

    completion: str
    """as it was dressed up"""

    score: NotRequired[float]

    reason: NotRequired[str]


class TokenResource(TypedDict):
    """A token of a completion."""

    id: int

    text: str
    """what it adds to the text: empty for a special token, and for one that begins a character which a later one
    ends
    """

    logProb: float
    """natural, under the policy that sampled it"""

    referenceLogProb: NotRequired[float]
    """likewise under the reference; absent without one"""


class VerdictError(TypedDict):
    """Why an item is undecided."""

    code: str
    """snake case, for counting: `timeout`, `unreachable`, `breaker_open`, `http_500`, `malformed_answer`, ..."""

    retryable: bool
    """whether asking again may help"""

    detail: NotRequired[str]
