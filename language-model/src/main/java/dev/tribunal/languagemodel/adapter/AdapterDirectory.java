package dev.tribunal.languagemodel.adapter;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.checkpoint.CheckpointWriter;
import dev.tribunal.languagemodel.checkpoint.Companions;
import dev.tribunal.languagemodel.checkpoint.FloatSource;
import dev.tribunal.languagemodel.checkpoint.SafetensorsFile;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** PEFT's directory of a LoRA adapter, opened: everything but the values is read and checked. */
public final class AdapterDirectory implements FloatSource {

    public static final String CONFIGURATION = "adapter_config.json";
    public static final String WEIGHTS = "adapter_model.safetensors";

    private static final int NAMED_AT_ONCE = 5;

    private final AdapterLayout layout;
    private final SafetensorsFile file;

    private AdapterDirectory(AdapterLayout layout, SafetensorsFile file) {
        this.layout = layout;
        this.file = file;
    }

    /**
     * @param base of the checkpoint that the adapter is for
     * @param forTraining whether the adapter will be trained on
     * @throws CheckpointException naming the file and all that is wrong with it
     */
    public static AdapterDirectory open(Path path, WeightLayout base, boolean forTraining) {
        Path configuration = path.resolve(CONFIGURATION);
        if (!Files.isRegularFile(configuration)) {
            throw new CheckpointException(configuration, path.toAbsolutePath() + " has no " + CONFIGURATION);
        }
        Lora lora = AdapterConfiguration.read(configuration, Companions.json(configuration), forTraining);
        Path weights = path.resolve(WEIGHTS);
        if (!Files.exists(weights) && Files.exists(path.resolve("adapter_model.bin"))) {
            throw new CheckpointException(
                    weights, path + " has no " + WEIGHTS + "; convert adapter_model.bin to safetensors first");
        }
        SafetensorsFile file = SafetensorsFile.open(weights);
        AdapterLayout layout = AdapterLayout.of(base, lora);
        List<String> problems = file.differences(layout.row().tensors());
        if (!problems.isEmpty()) {
            int more = problems.size() - NAMED_AT_ONCE;
            throw new CheckpointException(
                    weights,
                    weights + " does not fit " + CONFIGURATION + " and the checkpoint: "
                            + problems.stream().limit(NAMED_AT_ONCE).collect(Collectors.joining("; "))
                            + (more > 0 ? "; and " + more + " more" : ""));
        }
        return new AdapterDirectory(layout, file);
    }

    public AdapterLayout layout() {
        return layout;
    }

    @Override
    public float[] read(WeightLayout.Tensor tensor, long offset, int count) {
        return file.read(tensor.name(), offset, count);
    }

    /**
     * Writes a directory that PEFT loads; it is complete or absent.
     *
     * @param baseModel what PEFT is to load below the adapter
     * @param source values of the layout's tensors
     * @throws CheckpointException if the directory exists already or cannot be written
     */
    public static void write(Path directory, AdapterLayout layout, String baseModel, FloatSource source) {
        CheckpointWriter.writeDirectory(directory, partial -> {
            Files.write(partial.resolve(CONFIGURATION), AdapterConfiguration.write(layout.lora(), baseModel));
            CheckpointWriter.writeTensors(
                    partial.resolve(WEIGHTS), layout.row().tensors(), Map.of("format", "pt"), source);
        });
    }
}
