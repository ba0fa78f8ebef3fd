package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.files.FileRoots;
import dev.tribunal.contracts.files.JsonLines.InvalidLinesException;
import dev.tribunal.contracts.http.FieldError;
import dev.tribunal.contracts.http.TribunalException;
import dev.tribunal.contracts.runs.v1.RunResource.Condition;
import dev.tribunal.contracts.runs.v1.RunSpec.Baseline;
import dev.tribunal.contracts.runs.v1.RunSpec.Judge;
import dev.tribunal.contracts.runs.v1.RunSpec.Method;
import dev.tribunal.contracts.runs.v1.RunSpec.Policy;
import dev.tribunal.contracts.runs.v1.RunSpec.Prompts;
import dev.tribunal.contracts.runs.v1.RunSpec.Task;
import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Checkpoints.CheckpointSummary;
import dev.tribunal.languagemodel.Checkpoints;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.spec.References.Pinned;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Looks at everything that a spec refers to (checkpoint, prompt files, judges, reward models) and pins versions and
 * digests. A field that was read with a mistake is passed over; all other fields are looked at, so that the one
 * answer names every mistake of form and of fact.
 */
@Component
public final class SpecResolver {

    private final FileRoots roots;
    private final Dependencies dependencies;

    SpecResolver(FileRoots roots, Dependencies dependencies) {
        this.roots = roots;
        this.dependencies = dependencies;
    }

    /** @param conditions what a person should know of the run from its start */
    public record Resolved(RunSpec spec, List<Condition> conditions) {}

    /**
     * @param contentType of JSON or YAML
     * @throws TribunalException with all mistakes of the spec and of what it refers to
     */
    public Resolved resolve(String body, String contentType) {
        return resolve(SpecReader.read(SpecTree.parse(body, contentType)));
    }

    /** @throws TribunalException with all mistakes of the draft and of what it refers to */
    Resolved resolve(SpecDraft draft) {
        Pass pass = new Pass(draft, new References(dependencies));
        RunSpec spec = pass.spec();
        pass.throwMistakes();
        return new Resolved(spec, pass.conditions);
    }

    /** A policy that prompts can be written for. */
    private record Model(Path directory, int positions) {}

    private final class Pass {

        private final SpecDraft draft;
        private final References references;
        private final List<FieldError> mistakes;
        private final List<Condition> conditions = new ArrayList<>();
        /** Files that tasks train on. */
        private final Set<Path> sources = new HashSet<>();
        /** Pointer to a held-out file. */
        private final Map<String, Path> heldOut = new LinkedHashMap<>();
        private @Nullable Model model;

        Pass(SpecDraft draft, References references) {
            this.draft = draft;
            this.references = references;
            this.mistakes = new ArrayList<>(draft.mistakes());
        }

        RunSpec spec() {
            RunSpec written = draft.spec();
            Policy policy = policy(written.policy(), written.method());
            List<Task> tasks = model == null
                    ? tasks(written, PromptFileCheck.withoutModel())
                    : Checkpoints.withTokenizer(
                            model.directory,
                            tokenizer -> tasks(
                                    written,
                                    new PromptFileCheck(tokenizer, model.positions, written.policy().maxNewTokens())));
            return new RunSpec(
                    written.apiVersion(),
                    written.name(),
                    written.labels(),
                    written.method(),
                    policy,
                    written.training(),
                    written.evaluation(),
                    written.combiner(),
                    tasks);
        }

        void throwMistakes() {
            if (mistakes.isEmpty()) {
                return;
            }
            boolean onlyUnreachable = mistakes.stream().allMatch(references::isUnreachable);
            FieldError first = mistakes.getFirst();
            throw new TribunalException(
                    onlyUnreachable ? TrainerError.DEPENDENCY_UNREACHABLE : TrainerError.INVALID_SPEC,
                    onlyUnreachable
                            ? "The spec cannot be checked now: " + first.pointer() + " " + first.detail()
                    : mistakes.size() == 1
                            ? "The spec has a mistake: " + first.pointer() + " " + first.detail()
                            : "The spec has " + mistakes.size() + " mistakes; 'errors' names each of them.",
                    mistakes);
        }

        private List<Task> tasks(RunSpec written, PromptFileCheck files) {
            List<Task> tasks = new ArrayList<>();
            for (int i = 0; i < written.tasks().size(); i++) {
                tasks.add(task(written.tasks().get(i), written.method(), files, "/tasks/" + i));
            }
            heldOut.forEach((at, file) -> {
                if (sources.contains(file)) {
                    mistake(at, "is a file that the run trains on; hold other prompts out");
                }
            });
            return tasks;
        }

        private Policy policy(Policy written, Method method) {
            if (!draft.sound("/policy/model")) {
                return written;
            }
            Path directory;
            CheckpointSummary found;
            try {
                directory = roots.checkpoint(written.model());
                found = Checkpoints.inspect(directory);
            } catch (IllegalArgumentException | CheckpointException e) {
                mistake("/policy/model", String.valueOf(e.getMessage()));
                return written;
            }
            if (found.isScoring()) {
                mistake("/policy/model", "'" + written.model() + "' is a sequence-classification checkpoint;"
                        + " a policy needs a language model");
            }
            if (!found.chatTemplate()) {
                mistake("/policy/model", "'" + written.model() + "' has no chat template; add chat_template to its"
                        + " tokenizer_config.json");
            }
            checkDigest("/policy/digest", written.digest(), found.digest());
            int positions = found.configuration().maxPositions();
            if (method == Method.CGPO && draft.sound("/policy/maxNewTokens") && written.maxNewTokens() >= positions) {
                mistake("/policy/maxNewTokens", "is " + written.maxNewTokens() + ", but the model has " + positions
                        + " positions for prompt and completion together");
            } else if (draft.sound("/policy/maxNewTokens") && found.chatTemplate()) {
                model = new Model(directory, positions);
            }
            return new Policy(
                    written.model(),
                    found.digest(),
                    written.maxNewTokens(),
                    written.temperature(),
                    written.topK(),
                    written.topP(),
                    written.stop(),
                    written.precision(),
                    written.activationCheckpointing(),
                    written.lora());
        }

        private Task task(Task written, Method method, PromptFileCheck files, String at) {
            return switch (method) {
                case SFT -> {
                    checkPrompts(written.prompts(), method, Map.of(), files, at + "/prompts");
                    yield written;
                }
                case CGPO -> {
                    Pinned rewardModel = rewardModel(written, at);
                    Map<String, String> needed = new TreeMap<>();
                    List<Judge> judges = judges(written, needed, at);
                    checkPrompts(written.prompts(), method, needed, files, at + "/prompts");
                    yield new Task(
                            written.name(),
                            written.weight(),
                            written.prompts(),
                            rewardModel.reference(),
                            rewardModel.digest(),
                            judges,
                            written.shortCircuit(),
                            written.optimizer(),
                            written.failurePolicy());
                }
            };
        }

        private Pinned rewardModel(Task task, String at) {
            String reference = task.rewardModel();
            if (reference == null || !draft.sound(at + "/rewardModel")) {
                return new Pinned("", null);
            }
            try {
                Pinned pinned = references.rewardModel(reference);
                checkDigest(at + "/rewardModelDigest", task.rewardModelDigest(), pinned.digest());
                return pinned;
            } catch (References.UnusableException e) {
                mistakes.addAll(e.errors(at + "/rewardModel"));
                return new Pinned(reference, null);
            }
        }

        /** @param needed is filled with the fields that judges need, and who needs them */
        private List<Judge> judges(Task task, Map<String, String> needed, String at) {
            if (task.judges().isEmpty() && draft.sound(at + "/judges")) {
                conditions.add(new Condition(
                        "no-judges:" + task.name(),
                        "task '" + task.name() + "' has no judges: nothing constrains its completions",
                        Instant.now()));
            }
            List<Judge> pinned = new ArrayList<>();
            for (int i = 0; i < task.judges().size(); i++) {
                Judge judge = judge(task.judges().get(i), needed, at + "/judges/" + i);
                if (pinned.contains(judge)) {
                    mistake(at + "/judges/" + i, "is '" + judge.judge() + "' with the same parameters once more;"
                            + " remove it, since it would only be asked twice");
                }
                pinned.add(judge);
            }
            return pinned;
        }

        private Judge judge(Judge written, Map<String, String> needed, String at) {
            if (!draft.sound(at) || !draft.sound(at + "/judge")) {
                return written;
            }
            try {
                Pinned pinned = references.judge(written.judge(), written.parameters());
                checkDigest(at + "/digest", written.digest(), pinned.digest());
                pinned.requires().forEach(field -> needed.putIfAbsent(field, pinned.reference()));
                return new Judge(pinned.reference(), pinned.digest(), written.parameters());
            } catch (References.UnusableException e) {
                mistakes.addAll(e.errors(at));
                return written;
            }
        }

        private void checkPrompts(
                Prompts prompts, Method method, Map<String, String> needed, PromptFileCheck files, String at) {
            String field = baselineField(prompts, at);
            Path source = checkPromptFile(prompts.source(), method, field, needed, files, at + "/source");
            if (source != null) {
                sources.add(source);
            }
            if (prompts.heldOut() != null) {
                Path file = checkPromptFile(prompts.heldOut(), method, field, needed, files, at + "/heldOut");
                if (file != null) {
                    heldOut.put(at + "/heldOut", file);
                }
            }
        }

        private @Nullable String baselineField(Prompts prompts, String at) {
            Baseline baseline = prompts.baseline();
            return baseline == null || !draft.sound(at + "/baseline/field") ? null : baseline.field();
        }

        /** @return the file, if it can be used */
        private @Nullable Path checkPromptFile(
                String reference,
                Method method,
                @Nullable String field,
                Map<String, String> needed,
                PromptFileCheck files,
                String at) {
            if (!draft.sound(at)) {
                return null;
            }
            try {
                Path file = roots.file(reference);
                files.check(file, method, field, needed);
                return file;
            } catch (IllegalArgumentException | InvalidLinesException e) {
                mistake(at, String.valueOf(e.getMessage()));
                return null;
            }
        }

        private void checkDigest(String at, @Nullable String written, @Nullable String found) {
            if (written != null && draft.sound(at) && !written.equals(found)) {
                mistake(at, "is '" + written + "', but what it pins has the digest '" + found
                        + "' now; remove the digest to take it as it is");
            }
        }

        private void mistake(String pointer, String detail) {
            mistakes.add(new FieldError(pointer, detail));
        }
    }
}
