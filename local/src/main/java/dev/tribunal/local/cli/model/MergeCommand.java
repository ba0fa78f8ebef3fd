package dev.tribunal.local.cli.model;

import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.servicekit.files.OwnedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tribunal merge}: a LoRA adapter becomes part of its checkpoint's weights. */
@Command(
        name = "merge",
        description = "Merge a LoRA adapter (PEFT's files) into its checkpoint, and write that as a new checkpoint.",
        mixinStandardHelpOptions = true)
public final class MergeCommand implements Callable<Integer> {

    private static final Engine ENGINE = new LocalEngine();

    private final Screen screen;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "The Hugging Face checkpoint that the adapter was made for.")
    private Path model = Path.of("");

    @Option(
            names = "--adapter",
            required = true,
            paramLabel = "DIR",
            description = "A folder with adapter_config.json and adapter_model.safetensors.")
    private Path adapter = Path.of("");

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "A new folder for the merged checkpoint.")
    private Path out = Path.of("");

    @Option(
            names = "--weights",
            paramLabel = "TYPE",
            description = "How to store the weights: ${COMPLETION-CANDIDATES}; default is what the checkpoint has.")
    private @Nullable WeightType weights;

    public MergeCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() throws IOException {
        if (Files.exists(out)) {
            throw new CommandException(out + " exists already; --out names a new folder");
        }
        Path target = out.toAbsolutePath().normalize();
        Path parent = Objects.requireNonNull(target.getParent(), "only the root has none, and it exists");
        OwnedFolder.sweep(parent);
        try (OwnedFolder unfinished =
                OwnedFolder.create(parent, target.getFileName().toString())) {
            Path merged = unfinished.path().resolve("merged");
            ENGINE.mergeAdapter(model, adapter, weights, merged);
            unfinished.publish(merged, target);
        }
        screen.print("Merged " + adapter + " into " + model + ": " + out);
        return ExitCode.SUCCESS;
    }
}
