package dev.tribunal.trainer.store;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunResource.Alarm;
import dev.tribunal.contracts.runs.v1.run.RunResource.BestCheckpoint;
import dev.tribunal.contracts.runs.v1.run.RunResource.Condition;
import dev.tribunal.contracts.runs.v1.run.RunResource.Fork;
import dev.tribunal.contracts.runs.v1.run.RunResource.Parent;
import dev.tribunal.contracts.runs.v1.run.RunResource.Wait;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.Ids;
import dev.tribunal.trainer.alarm.Finding;
import dev.tribunal.trainer.spec.Checking;
import dev.tribunal.trainer.spec.SpecResolver.Resolved;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import jakarta.persistence.Version;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.DynamicUpdate;
import org.jspecify.annotations.Nullable;

/**
 * A run's row, and what may happen to it. Whatever changes it also tells an event about it; {@link RunStore} writes
 * both in one transaction, in which the row is locked.
 */
@Entity
@Table(name = "runs")
@DynamicUpdate
public class RunEntity {

    /** How the reason of a run begins of which no step changed the weights. */
    public static final String LEARNED_NOTHING = "learned_nothing";

    /** Of those that are over, the oldest go first. */
    private static final int MOST_ALARMS = 200;

    @Id
    private String id;

    private String name;

    @Convert(converter = Columns.Labels.class)
    @ColumnTransformer(write = Columns.WRITE_JSON)
    private Map<String, String> labels;

    @Convert(converter = Columns.State.class)
    private RunState state;

    private int step;
    private int steps;
    private @Nullable String phase;
    private @Nullable String terminalReason;

    @Convert(converter = Columns.Conditions.class)
    @ColumnTransformer(write = Columns.WRITE_JSON)
    private List<Condition> conditions;

    @Convert(converter = Columns.Errors.class)
    @ColumnTransformer(write = Columns.WRITE_JSON)
    private List<FieldError> errors;

    @Convert(converter = Columns.Spec.class)
    @ColumnTransformer(write = Columns.WRITE_JSON)
    private RunSpec spec;

    @Convert(converter = Columns.Artifacts.class)
    @ColumnTransformer(write = Columns.WRITE_JSON)
    private List<StoredArtifact> artifacts = List.of();

    @Convert(converter = Columns.StoredAlarms.class)
    @ColumnTransformer(write = Columns.WRITE_JSON)
    private List<StoredAlarm> alarms = List.of();

    @Convert(converter = Columns.Waits.class)
    @ColumnTransformer(write = Columns.WRITE_JSON)
    private List<Wait> waitsFor = List.of();

    private int stepsWithoutUpdate;
    private Instant stateSince;

    /** By stage. */
    @Convert(converter = Columns.Best.class)
    @ColumnTransformer(write = Columns.WRITE_JSON)
    private Map<String, BestCheckpoint> best = Map.of();

    @Column(updatable = false)
    private String namespace;

    @Column(updatable = false)
    private @Nullable String idempotencyKey;

    private String bodyDigest;

    @Column(updatable = false)
    private @Nullable String parentRun;

    @Column(updatable = false)
    private @Nullable Integer parentStep;

    @Column(updatable = false)
    @Convert(converter = Columns.OfFork.class)
    private @Nullable Fork parentKind;

    private Instant createdAt;
    private @Nullable Instant startedAt;
    private @Nullable Instant finishedAt;
    private long lastEvent;
    private long lastEpisode;

    /** Commits of steps and evaluations, each with its number. */
    private long lastCommit;

    /** How often commits were taken back. */
    private long rollbacks;

    @Version
    private @Nullable Long revision;

    /** The trainer that has it, if one has; {@link Leases} writes it. */
    @Column(insertable = false, updatable = false)
    private @Nullable String leaseOwner;

    @Column(insertable = false, updatable = false)
    private long leaseEpoch;

    @Transient
    private final List<RunEvent> news = new ArrayList<>();

    /** For Hibernate, which fills the fields in. */
    @SuppressWarnings("NullAway")
    RunEntity() {}

    /**
     * A new run in the namespace of who asks for it: queued, or validating if its prompt files are not all checked.
     *
     * @param bodyDigest of the request that creates it
     */
    public static RunEntity created(Resolved resolved, @Nullable String idempotencyKey, String bodyDigest) {
        RunSpec spec = resolved.spec();
        RunEntity run = new RunEntity();
        run.id = Ids.next("run");
        run.name = spec.name();
        run.labels = spec.labels();
        run.steps = spec.steps();
        run.conditions = resolved.conditions();
        run.errors = List.of();
        run.spec = spec;
        run.namespace = Caller.current().namespace();
        run.idempotencyKey = idempotencyKey;
        run.bodyDigest = bodyDigest;
        run.createdAt = now();
        run.moveTo(resolved.complete() ? RunState.QUEUED : RunState.VALIDATING, null);
        run.conditions.forEach(run::tellCondition);
        return run;
    }

    /**
     * Says where a new run comes from.
     *
     * @param own its spec, which names nothing that is its parent's
     * @param parentNamespace where it goes, unless whoever forks may change nothing there
     */
    public void forkedFrom(Parent parent, RunSpec own, String parentNamespace) {
        if (Caller.current().changes(parentNamespace)) {
            namespace = parentNamespace;
        }
        parentRun = parent.run();
        parentStep = parent.step();
        parentKind = parent.kind();
        spec = own;
        step = parent.kind() == Fork.STATE ? parent.step() : 0;
    }

    /** Absent if it was not forked. */
    public @Nullable Parent parent() {
        return parentRun == null || parentStep == null || parentKind == null
                ? null
                : new Parent(parentRun, parentStep, parentKind);
    }

    /** All of its prompt files are checked: it may be trained. */
    public void validated(Resolved resolved) {
        Map<String, Condition> all = new LinkedHashMap<>();
        conditions.stream()
                .filter(condition -> !condition.type().startsWith(Checking.OF_CHECK))
                .forEach(condition -> all.put(condition.type(), condition));
        List<Condition> found = resolved.conditions().stream()
                .filter(condition -> !all.containsKey(condition.type()))
                .toList();
        found.forEach(condition -> all.put(condition.type(), condition));
        spec = resolved.spec();
        conditions = List.copyOf(all.values());
        phase = null;
        moveTo(RunState.QUEUED, null);
        found.forEach(this::tellCondition);
    }

    /** Its prompt files have mistakes. */
    public void refuse(String reason, List<FieldError> mistakes) {
        errors = List.copyOf(mistakes);
        end(RunState.FAILED, reason);
    }

    private void tellCondition(Condition condition) {
        tell("warning", condition.message(), Map.of("type", condition.type()));
    }

    /** Begins, or goes on after a pause. */
    public void start() {
        if (startedAt == null) {
            startedAt = now();
        }
        moveTo(RunState.RUNNING, null);
    }

    /**
     * Its trainer trains it no more, and another one, or the next start of this one, is to go on.
     *
     * @param what happened to the trainer
     * @param from where it goes on, for a person
     */
    void left(String what, String from) {
        String happened = what + " at committed step " + step + " of " + steps + "; ";
        phase = null;
        switch (state) {
            case RUNNING -> moveTo(RunState.QUEUED, happened + from);
            case PAUSING -> moveTo(RunState.PAUSED, happened + from);
            case CANCELLING -> end(RunState.CANCELLED, happened + "what is committed is kept");
            case VALIDATING, QUEUED, PAUSED, SUCCEEDED, FAILED, CANCELLED -> {
                // It waits for a person or a place, or has ended.
            }
        }
    }

    /** A stage is finished; known already if the answer to this was lost on its way. */
    public void left(Artifact artifact) {
        if (artifacts.stream().anyMatch(each -> each.artifact().stage().equals(artifact.stage()))) {
            return;
        }
        List<StoredArtifact> all = new ArrayList<>(artifacts);
        all.add(new StoredArtifact(artifact, lastCommit, lastEpisode, lastEvent));
        artifacts = List.copyOf(all);
        phase = null;
        tell(
                "artifact",
                "stage '" + artifact.stage() + "' left its " + Words.of(artifact.kind()),
                Map.of(
                        "stage", artifact.stage(),
                        "kind", Words.of(artifact.kind()),
                        "reference", artifact.reference(),
                        "digest", artifact.digest()));
    }

    public List<Artifact> artifacts() {
        return artifacts.stream().map(StoredArtifact::artifact).toList();
    }

    /** The run's stages before this one are finished, however far they were. */
    private int stagesDone() {
        return Math.min(artifacts.size(), spec.allStages().size() - 1);
    }

    /**
     * What stays of the artifacts when the run goes back to a step: those of the stages before the one that has the next
     * step.
     */
    void keepArtifacts(int lastStep) {
        List<Stage> stages = spec.allStages();
        int kept = 0;
        int last = 0;
        while (kept < stages.size() && last + stages.get(kept).steps() <= lastStep) {
            last += stages.get(kept++).steps();
        }
        artifacts = artifacts.stream().limit(kept).toList();
    }

    /** A fork of the whole state does not go through the stages again that its parent had finished. */
    public void takeOver(List<Artifact> left) {
        artifacts = left.stream()
                .map(artifact -> new StoredArtifact(artifact, lastCommit, lastEpisode, lastEvent))
                .toList();
    }

    /** The latest finished stage; absent if there is none. */
    @Nullable
    StoredArtifact latestArtifact() {
        return artifacts.isEmpty() ? null : artifacts.getLast();
    }

    /**
     * Whatever came after a checkpoint is taken back. Events keep their numbers: a client that has seen one of those that
     * were taken back goes on with this one.
     *
     * @param checkpoint absent for the beginning
     * @param commit the number of the last commit that stays
     * @param episode the number of the last episode that stays
     * @param withoutUpdate the steps up to there in which the policy stayed as it was
     * @param why for a person
     */
    void goBackTo(@Nullable CheckpointEntity checkpoint, long commit, long episode, int withoutUpdate, String why) {
        int reached = step;
        stepsWithoutUpdate = withoutUpdate;
        alarms = alarms.stream()
                .filter(alarm -> alarm.raised() <= commit)
                .map(alarm -> alarm.at(commit))
                .toList();
        rollbacks += commit < lastCommit ? 1 : 0;
        step = checkpoint == null ? 0 : checkpoint.step();
        best = best.entrySet().stream()
                .filter(one -> one.getValue().step() <= step)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        lastCommit = commit;
        lastEpisode = episode;
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("step", step);
        data.put("steps", reached - step);
        if (checkpoint != null) {
            data.put("checkpoint", checkpoint.id());
        }
        StoredArtifact latest = latestArtifact();
        String from = checkpoint == null && latest == null ? "begins again" : "goes on " + from(checkpoint, latest);
        String again = switch (reached - step) {
            case 0 -> "";
            case 1 -> "; step " + reached + " is taken again";
            default -> "; steps " + (step + 1) + " to " + reached + " are taken again";
        };
        tell("resumed", why + ": the run " + from + again, data);
    }

    /** Where it goes on, for a person. */
    private String from(@Nullable CheckpointEntity checkpoint, @Nullable StoredArtifact latest) {
        return latest != null && (checkpoint == null || latest.lastEvent() > checkpoint.lastEvent())
                ? "after stage '" + latest.artifact().stage() + "'"
                : "from the checkpoint of step " + step;
    }

    /** @return the number of a new commit */
    public long numberCommit() {
        return ++lastCommit;
    }

    public long nextCommit() {
        return lastCommit + 1;
    }

    long lastCommit() {
        return lastCommit;
    }

    long rollbacks() {
        return rollbacks;
    }

    public long lastEpisode() {
        return lastEpisode;
    }

    long lastEvent() {
        return lastEvent;
    }

    boolean started() {
        return startedAt != null;
    }

    /**
     * Its training came to its end. A run of which no step changed the weights has learnt nothing, and failed; one of
     * which some did not says so.
     */
    public void trained() {
        if (stepsWithoutUpdate == 0) {
            end(RunState.SUCCEEDED, null);
            return;
        }
        String without = "no update in " + stepsWithoutUpdate + " of " + step + " steps";
        String why = alarms.stream()
                .filter(StoredAlarm::isActive)
                .map(stored -> "; " + stored.alarm().message())
                .collect(Collectors.joining());
        if (stepsWithoutUpdate == step) {
            end(RunState.FAILED, LEARNED_NOTHING + ": " + without + ", so that the policy is what it was" + why);
        } else {
            warn("no_update", without + why);
            end(RunState.SUCCEEDED, null, without);
        }
    }

    /** @param reason why it ends here, for a person; absent if it succeeded */
    public void end(RunState terminal, @Nullable String reason) {
        end(terminal, reason, reason);
    }

    private void end(RunState terminal, @Nullable String reason, @Nullable String told) {
        terminalReason = reason;
        finishedAt = now();
        phase = null;
        moveTo(terminal, told);
    }

    /** @param reason what a person has to know, if anything */
    public void moveTo(RunState next, @Nullable String reason) {
        state = next;
        stateSince = now();
        waitsFor = next == RunState.PAUSING || next == RunState.CANCELLING ? waitsFor : List.of();
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("state", Words.of(next));
        if (reason != null) {
            data.put("reason", reason);
        }
        tell("state", reason == null ? Words.of(next) : Words.of(next) + ": " + reason, data);
    }

    /** The same type again replaces what was said before; the same words again say nothing new. */
    public void warn(String type, String message) {
        Condition before = conditions.stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElse(null);
        if (before != null && before.message().equals(message)) {
            return;
        }
        List<Condition> after = new ArrayList<>(conditions);
        after.remove(before);
        after.add(new Condition(type, message, before == null ? now() : before.since()));
        conditions = after;
        tell("warning", message, Map.of("type", type));
    }

    /** The condition is over. */
    public void clear(String type) {
        conditions = conditions.stream()
                .filter(condition -> !condition.type().equals(type))
                .toList();
    }

    /** A stage has a best checkpoint, or another one than before. */
    public void best(String stage, BestCheckpoint other) {
        if (other.equals(best.get(stage))) {
            return;
        }
        Map<String, BestCheckpoint> all = new HashMap<>(best);
        all.put(stage, other);
        best = Map.copyOf(all);
        tell(
                "best",
                "the checkpoint of step " + other.step() + " is the best so far: " + other.metric() + " of "
                        + other.task() + " is " + other.value(),
                Map.of(
                        "step", other.step(),
                        "metric", other.metric(),
                        "task", other.task(),
                        "value", other.value()));
    }

    /** Whether the checkpoint of a step is the best one of its stage. */
    boolean isBest(int ofStep) {
        return best.values().stream().anyMatch(one -> one.step() == ofStep);
    }

    /** @param updated whether the step changed the weights */
    public void committed(int committedStep, boolean updated) {
        step = committedStep;
        stepsWithoutUpdate += updated ? 0 : 1;
    }

    public void waitsFor(List<Wait> waits) {
        waitsFor = List.copyOf(waits);
    }

    /**
     * What there is reason for after a commit: an alarm that was not raised before is told, and so is one that is over.
     *
     * @return those that were not raised before
     */
    public List<Alarm> findAlarms(List<Finding> findings) {
        List<StoredAlarm> all = new ArrayList<>();
        for (StoredAlarm stored : alarms) {
            boolean over = stored.isActive() && findings.stream().noneMatch(finding -> isOf(stored.alarm(), finding));
            if (over) {
                tellAlarm(stored.alarm(), true);
            }
            all.add(over ? stored.overAt(lastCommit) : stored);
        }
        List<Alarm> raised = new ArrayList<>();
        for (Finding finding : findings) {
            if (all.stream().noneMatch(stored -> stored.isActive() && isOf(stored.alarm(), finding))) {
                Alarm alarm = new Alarm(
                        finding.type(),
                        finding.action(),
                        finding.task(),
                        finding.judge(),
                        finding.message(),
                        now(),
                        step,
                        finding.evidence(),
                        finding.episodes());
                all.add(new StoredAlarm(alarm, lastCommit, null));
                raised.add(alarm);
                tellAlarm(alarm, false);
            }
        }
        while (all.size() > MOST_ALARMS && all.stream().anyMatch(stored -> !stored.isActive())) {
            all.remove(all.stream()
                    .filter(stored -> !stored.isActive())
                    .findFirst()
                    .orElseThrow());
        }
        alarms = List.copyOf(all);
        return raised;
    }

    /** The step at which the oldest alarm was raised of those that there is reason for; absent if there is none. */
    @Nullable
    Integer firstAlarm() {
        return alarms.stream()
                .filter(StoredAlarm::isActive)
                .map(stored -> stored.alarm().step())
                .min(Integer::compare)
                .orElse(null);
    }

    private static boolean isOf(Alarm alarm, Finding finding) {
        return finding.isOf(alarm.type(), alarm.task(), alarm.judge());
    }

    private void tellAlarm(Alarm alarm, boolean over) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("type", alarm.type());
        data.put("severity", Words.of(alarm.severity()));
        data.put("step", step);
        data.put("over", over);
        if (alarm.task() != null) {
            data.put("task", alarm.task());
        }
        if (alarm.judge() != null) {
            data.put("judge", alarm.judge());
        }
        data.put("evidence", alarm.evidence());
        tell("alarm", alarm.type() + (over ? " is over: it was " : ": ") + alarm.message(), data);
    }

    public void phase(@Nullable String doing) {
        phase = doing;
    }

    /** @return the number of the first of {@code count} new episodes */
    public long numberEpisodes(int count) {
        long first = lastEpisode + 1;
        lastEpisode += count;
        return first;
    }

    public void tell(String type, String message, Map<String, Object> data) {
        news.add(new RunEvent(++lastEvent, now(), type, message, data));
    }

    /** The events told since the last time this was asked. */
    public List<RunEvent> takeNews() {
        List<RunEvent> taken = List.copyOf(news);
        news.clear();
        return taken;
    }

    private Stream<RunSpec.Task> tasks() {
        return spec.allStages().stream().flatMap(stage -> stage.tasks().stream());
    }

    public RunResource resource() {
        return new RunResource(
                id,
                name,
                labels,
                tasks().map(task -> task.method().name()).distinct().toList(),
                state,
                step,
                steps,
                spec.stages().isEmpty()
                        ? null
                        : spec.allStages().get(stagesDone()).name(),
                spec.stages().isEmpty() ? List.of() : artifacts(),
                tasks().map(RunSpec.Task::name).distinct().toList(),
                phase,
                terminalReason,
                errors,
                conditions,
                createdAt,
                startedAt,
                finishedAt,
                state == RunState.QUEUED ? List.of(queue()) : waitsFor,
                alarms.stream()
                        .filter(StoredAlarm::isActive)
                        .map(StoredAlarm::alarm)
                        .toList(),
                steps == 0 ? null : new RunResource.Signal(step, stepsWithoutUpdate),
                best.values().stream()
                        .max(Comparator.comparingInt(BestCheckpoint::step))
                        .orElse(null),
                parent(),
                namespace);
    }

    private Wait queue() {
        return new Wait("queue", "trainers", stateSince, "has no place at a trainer yet");
    }

    public String namespace() {
        return namespace;
    }

    public String id() {
        return id;
    }

    public String name() {
        return name;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public @Nullable Instant finishedAt() {
        return finishedAt;
    }

    public RunState state() {
        return state;
    }

    public int step() {
        return step;
    }

    public int steps() {
        return steps;
    }

    public RunSpec spec() {
        return spec;
    }

    public String bodyDigest() {
        return bodyDigest;
    }

    public boolean held() {
        return leaseOwner != null;
    }

    public long leaseEpoch() {
        return leaseEpoch;
    }

    /** Rises with every change. */
    public String etag() {
        return "\"" + revision + "\"";
    }

    /** As PostgreSQL keeps it. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}
