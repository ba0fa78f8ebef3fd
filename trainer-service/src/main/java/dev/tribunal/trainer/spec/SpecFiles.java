package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Prompts;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Task;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.trainer.spec.SpecCheckpoints.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The prompt files that a spec names: each is read once, whatever the number of its tasks. */
final class SpecFiles {

    private static final int SHOWN_LINES = 10;

    private final FileRoots roots;
    private final RunFolders folders;
    private final Engine engine;
    private final Dependencies dependencies;
    private final Checking checking;
    private final SpecFindings findings;

    /** Files are looked for on other threads. */
    private final Caller caller = Caller.current();

    /** What tasks want of each file, in the order in which the spec names them. */
    private final Map<Path, List<FileUse>> uses = new LinkedHashMap<>();
    /** Pointer to the digest of the file that it names. */
    private final Map<String, String> digests = new HashMap<>();

    SpecFiles(
            FileRoots roots,
            RunFolders folders,
            Engine engine,
            Dependencies dependencies,
            Checking checking,
            SpecFindings findings) {
        this.roots = roots;
        this.folders = folders;
        this.engine = engine;
        this.dependencies = dependencies;
        this.checking = checking;
        this.findings = findings;
    }

    void use(String reference, FileUse use) {
        if (findings.sound(use.pointer()) && Stage.named(reference).isEmpty()) {
            try {
                uses.computeIfAbsent(folders.seen(reference, roots.file(reference), caller), file -> new ArrayList<>())
                        .add(use);
            } catch (IllegalArgumentException e) {
                findings.mistake(use.pointer(), String.valueOf(e.getMessage()));
            }
        }
    }

    /** The small files first: their mistakes are then known when the time for large ones is up. */
    void check(int maxNewTokens, @Nullable Model policy) {
        List<Path> bySize = uses.keySet().stream()
                .sorted(Comparator.comparingLong(file -> file.toFile().length()))
                .toList();
        JudgeChecks judges = new JudgeChecks(dependencies.judges());
        List<PromptFileCheck> checks = policy == null
                ? checkFiles(bySize, null, judges)
                : engine.withTokenizer(
                        policy.directory(),
                        tokenizer -> checkFiles(
                                bySize, new PromptTokens(tokenizer, policy.positions(), maxNewTokens), judges));
        tellUnfinished(checks);
        checks.stream().filter(PromptFileCheck::finished).forEach(check -> checkDigests(check));
        checkReaders(checks);
        compareHeldOut(checks);
        judges.silent()
                .forEach((judge, why) -> findings.tell(
                        Checking.OF_CHECK + "not-shown:" + judge,
                        "the judge '" + judge + "' did not look at the prompts (" + why
                                + "): what it cannot read of them shows only in training, as undecided"));
    }

    /** Whether each reward model reads the longest prompt of its task's files and a completion. */
    private void checkReaders(List<PromptFileCheck> checks) {
        Set<String> told = new HashSet<>();
        checks.stream()
                .sorted(Comparator.comparingInt(PromptFileCheck::longest).reversed())
                .forEach(check -> check.uses().stream()
                        .flatMap(use -> use.readers().stream())
                        .map(check::unreadable)
                        .filter(Objects::nonNull)
                        .filter(mistake -> told.add(mistake.pointer()))
                        .forEach(findings::add));
    }

    private List<PromptFileCheck> checkFiles(List<Path> files, @Nullable PromptTokens tokens, JudgeChecks judges) {
        List<PromptFileCheck> checks = new ArrayList<>();
        for (Path file : files) {
            PromptFileCheck check =
                    new PromptFileCheck(file, uses.getOrDefault(file, List.of()), tokens, judges, checking);
            List<FieldError> found = new ArrayList<>();
            check.run(found);
            findings.addAll(found);
            checks.add(check);
        }
        return checks;
    }

    private void tellUnfinished(List<PromptFileCheck> checks) {
        List<PromptFileCheck> unfinished =
                checks.stream().filter(PromptFileCheck::unfinished).toList();
        if (!unfinished.isEmpty()) {
            findings.tell(
                    Checking.UNCHECKED,
                    unfinished.stream()
                                    .map(check -> "of " + check.file().getFileName() + " the first " + check.checked()
                                            + " lines were checked so far")
                                    .collect(Collectors.joining("; "))
                            + "; the rest is checked after the run is created, before it is queued");
        }
    }

    private void checkDigests(PromptFileCheck check) {
        String digest = check.digest();
        for (FileUse use : check.uses()) {
            findings.checkDigest(use.pointer() + "Digest", use.digest(), digest);
            digests.put(use.pointer(), String.valueOf(digest));
        }
    }

    /** A held-out prompt that is trained on as well measures memory, whatever file it stands in. */
    private void compareHeldOut(List<PromptFileCheck> checks) {
        for (PromptFileCheck held : checks) {
            for (FileUse use : held.uses()) {
                if (!use.training()) {
                    checks.stream()
                            .filter(other -> other.uses().stream().anyMatch(FileUse::training))
                            .forEach(source -> compare(held, use, source));
                }
            }
        }
    }

    private void compare(PromptFileCheck held, FileUse use, PromptFileCheck source) {
        if (source == held) {
            findings.mistake(use.pointer(), "is a file that the run trains on; hold other prompts out");
            return;
        }
        long[] shared = held.finished() && source.finished() ? held.linesSharedWith(source) : new long[0];
        if (shared.length > 0) {
            findings.tell(
                    "held-out-trained-on:" + use.task() + ":" + source.file().getFileName(),
                    shared.length + " of " + held.checked() + " held-out prompts of task '" + use.task()
                            + "' are also in " + source.file().getFileName() + ", which the run trains on: "
                            + held.named(shared, SHOWN_LINES) + " of "
                            + held.file().getFileName() + "; what they measure is memory, take them out");
        }
    }

    private @Nullable String digest(String pointer, @Nullable String written) {
        String found = digests.get(pointer);
        return found == null ? written : found;
    }

    Stage withDigests(Stage stage, String at) {
        return switch (stage) {
            case Stage.Train train -> train.withTasks(withDigests(train.tasks(), at));
            case Stage.SoupSweep sweep -> sweep.withSourceDigest(digest(at + "/source", sweep.sourceDigest()));
            case Stage.Generate generate -> generate.withSourceDigest(digest(at + "/source", generate.sourceDigest()));
            case Stage.Label label -> label.withSourceDigest(digest(at + "/source", label.sourceDigest()));
            case Stage.RewardModel model ->
                new Stage.RewardModel(
                        model.name(),
                        model.backbone(),
                        model.backboneDigest(),
                        model.pairs(),
                        digest(at + "/pairs", model.pairsDigest()),
                        model.training());
            case Stage.Soup soup -> soup;
            case Stage.Repeat repeat -> repeat;
        };
    }

    private List<Task> withDigests(List<Task> tasks, String stage) {
        return IntStream.range(0, tasks.size())
                .mapToObj(i -> withDigests(tasks.get(i), stage + "/tasks/" + i + "/prompts"))
                .toList();
    }

    private Task withDigests(Task task, String at) {
        Prompts prompts = task.prompts();
        return task.withPrompts(prompts.withDigests(
                digest(at + "/source", prompts.sourceDigest()), digest(at + "/heldOut", prompts.heldOutDigest())));
    }
}
