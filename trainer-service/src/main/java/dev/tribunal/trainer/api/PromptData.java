package dev.tribunal.trainer.api;

import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.runs.v1.label.LabelResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Prompts;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.files.JsonLines;
import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.prompt.PromptFile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What the prompt files of a run say of its prompts besides their messages, as long as the files are what they were. */
@Component
final class PromptData {

    private static final Logger LOG = LoggerFactory.getLogger(PromptData.class);

    private final FileRoots roots;

    PromptData(FileRoots roots) {
        this.roots = roots;
    }

    /** The labels with the references and metadata of their prompts; without, where the file is not there as it was. */
    List<LabelResource> in(List<LabelResource> labels, RunSpec spec) {
        Map<PinnedRows, Set<Integer>> wanted = new HashMap<>();
        for (LabelResource label : labels) {
            PinnedRows file = file(label, spec);
            if (file != null) {
                wanted.computeIfAbsent(file, rows -> new HashSet<>()).add(label.prompt());
            }
        }
        Map<PinnedRows, Map<Integer, Prompt>> found = new HashMap<>();
        wanted.forEach((file, indices) -> found.put(file, read(file, indices)));
        return labels.stream()
                .map(label -> with(
                        label, found.getOrDefault(file(label, spec), Map.of()).get(label.prompt())))
                .toList();
    }

    private record PinnedRows(String reference, @Nullable String digest) {}

    private static @Nullable PinnedRows file(LabelResource label, RunSpec spec) {
        return spec.allStages().stream()
                .flatMap(stage -> stage.tasks().stream())
                .filter(task -> task.name().equals(label.task()))
                .map(RunSpec.Task::prompts)
                .map(prompts -> file(prompts, label.split()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** @return absent for what a stage has left */
    private static @Nullable PinnedRows file(Prompts prompts, Split split) {
        String reference = split == Split.TRAIN ? prompts.source() : prompts.heldOut();
        return reference == null || Stage.named(reference).isPresent()
                ? null
                : new PinnedRows(reference, split == Split.TRAIN ? prompts.sourceDigest() : prompts.heldOutDigest());
    }

    private Map<Integer, Prompt> read(PinnedRows file, Set<Integer> indices) {
        Map<Integer, Prompt> rows = new HashMap<>();
        int[] index = new int[1];
        try {
            String digest = JsonLines.scan(roots.file(file.reference), (JsonLines.Line line) -> {
                if (indices.contains(index[0])) {
                    rows.put(index[0], PromptFile.prompt(index[0], line.object()));
                }
                index[0]++;
            });
            return file.digest == null || file.digest.equals(digest) ? rows : Map.of();
        } catch (IllegalArgumentException | InvalidLinesException e) {
            LOG.warn("{} does not tell the references of labelled rollouts: {}", file.reference, e.getMessage());
            return Map.of();
        }
    }

    private static LabelResource with(LabelResource label, @Nullable Prompt prompt) {
        JudgeItem item = label.item();
        return item == null || prompt == null
                ? label
                : label.withItem(new JudgeItem(
                        item.itemId(), item.messages(), item.completion(), prompt.reference(), prompt.metadata()));
    }
}
