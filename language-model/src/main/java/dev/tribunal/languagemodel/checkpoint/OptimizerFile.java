package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.CheckpointException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** AdamW's moments as safetensors: {@code exp_avg.<tensor>}, {@code exp_avg_sq.<tensor>}, and the step count. */
public final class OptimizerFile {

    private static final String FIRST = "exp_avg.";
    private static final String SECOND = "exp_avg_sq.";
    private static final String STEPS = "step";

    private final SafetensorsFile file;
    private final WeightLayout layout;
    private final long steps;

    private OptimizerFile(SafetensorsFile file, WeightLayout layout, long steps) {
        this.file = file;
        this.layout = layout;
        this.steps = steps;
    }

    public static void write(Path path, WeightLayout layout, long steps, FloatSource first, FloatSource second) {
        List<WeightLayout.Tensor> tensors = new ArrayList<>(named(FIRST, layout));
        tensors.addAll(named(SECOND, layout));
        CheckpointWriter.writeTensors(
                path,
                tensors,
                Map.of(STEPS, Long.toString(steps)),
                (tensor, offset, count) ->
                        (tensor.name().startsWith(FIRST) ? first : second).read(tensor, offset, count));
    }

    /** @throws CheckpointException if the file is broken or of another model */
    public static OptimizerFile open(Path path, WeightLayout layout) {
        SafetensorsFile file = SafetensorsFile.open(path);
        for (String prefix : List.of(FIRST, SECOND)) {
            for (WeightLayout.Tensor tensor : named(prefix, layout)) {
                StoredTensor stored = file.tensors().get(tensor.name());
                if (stored == null || !Arrays.equals(stored.shape(), tensor.shape())) {
                    throw new CheckpointException(
                            path,
                            path + " is of another model: " + tensor.name() + " is "
                                    + (stored == null ? "missing" : "of shape " + Arrays.toString(stored.shape()))
                                    + ", not of shape "
                                    + Arrays.toString(tensor.shape()));
                }
            }
        }
        String steps = file.metadata().getOrDefault(STEPS, "");
        if (!steps.matches("\\d{1,15}")) {
            throw new CheckpointException(path, path + " does not say how many steps made it");
        }
        return new OptimizerFile(file, layout, Long.parseLong(steps));
    }

    private static List<WeightLayout.Tensor> named(String prefix, WeightLayout layout) {
        return layout.tensors().stream()
                .map(t -> new WeightLayout.Tensor(prefix + t.name(), t.shape(), t.offset()))
                .toList();
    }

    public long steps() {
        return steps;
    }

    public void readFirst(CheckpointDirectory.WeightSink sink) {
        read(FIRST, sink);
    }

    public void readSecond(CheckpointDirectory.WeightSink sink) {
        read(SECOND, sink);
    }

    private void read(String prefix, CheckpointDirectory.WeightSink sink) {
        named(prefix, layout)
                .forEach(tensor -> file.read(tensor.name(), (offset, values) -> sink.accept(tensor, offset, values)));
    }
}
