package dev.tribunal.embedded;

import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.local.cli.run.WatchedRun;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.CommandGroup;
import dev.tribunal.local.cli.shared.CommandLines;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.local.cli.shared.StartedPlatform;
import dev.tribunal.local.platform.Platform;
import dev.tribunal.local.platform.Project;
import dev.tribunal.local.platform.RewardModels;
import dev.tribunal.servicekit.input.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tribunal embedded}: the entry point; the launcher calls it in place of the command line's own. */
@Command(name = "tribunal embedded", description = "Rebuild the embedded models and prompts.")
public final class EmbeddedCommand extends CommandGroup {

    private static final Engine ENGINE = new LocalEngine();

    public static void main(String[] arguments) {
        System.exit(commandLine(Screen.standard()).execute(arguments));
    }

    static CommandLine commandLine(Screen screen) {
        return CommandLines.finish(new CommandLine(new EmbeddedCommand()).addSubcommand(new Rebuild(screen)));
    }

    /**
     * {@code embedded rebuild}: generates the data, makes random checkpoints, and trains them by the committed specs
     * through the public API of a platform of its own.
     */
    @Command(
            name = "rebuild",
            description = "Make the embedded data and checkpoints again, as examples/embedded says.",
            mixinStandardHelpOptions = true)
    static final class Rebuild implements Callable<Integer> {

        private final Screen screen;

        @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to put everything.")
        private Path out = Path.of("");

        @Option(names = "--data-only", description = "Train nothing.")
        private boolean dataOnly;

        Rebuild(Screen screen) {
            this.screen = screen;
        }

        @Override
        public Integer call() throws IOException, InterruptedException {
            EmbeddedData.write(out);
            screen.note("Generated prompts, data and tokenizer in " + out);
            if (dataOnly) {
                return ExitCode.SUCCESS;
            }
            EmbeddedModels.initialize(out);
            Platform platform = StartedPlatform.start(out.resolve("home"), 0, false, screen);
            PlatformClient client = new PlatformClient(platform.address());
            fineTune("policy", client.runs());
            fineTune("judge", client.runs());
            trainReward("helpfulness", client.rewardModels());
            trainReward("harmlessness", client.rewardModels());
            return ExitCode.SUCCESS;
        }

        private void fineTune(String name, RunsApi runs) throws IOException, InterruptedException {
            String spec = SpecFile.toJson(SpecFile.read(spec(name + "-sft.yaml")));
            RunResource created = Objects.requireNonNull(
                    runs.create(spec, "application/json", false, null).getBody());
            RunResource run = WatchedRun.watchOnly(created.id(), runs, screen);
            if (run.state() != RunState.SUCCEEDED) {
                throw new CommandException("the run " + run.id() + " of the " + name + " is " + Words.of(run.state())
                        + ": " + run.terminalReason());
            }
            Path trained = Path.of(runs.checkpoints(run.id()).data().stream()
                    .filter(checkpoint -> checkpoint.step() == run.steps())
                    .findFirst()
                    .orElseThrow()
                    .path());
            try (var model = ENGINE.load(trained)) {
                model.save(out.resolve(name), WeightType.BF16);
            }
            screen.note("Fine-tuned " + out.resolve(name));
        }

        private void trainReward(String name, RewardApi api) throws IOException, InterruptedException {
            RewardModelResource model =
                    api.register(SpecFile.toJson(SpecFile.read(spec(name + ".yaml"))), "application/json");
            model = RewardModels.awaitPrepared(api, model.name(), model.version());
            if (model.path() == null || model.state() == RewardModelResource.State.FAILED) {
                throw new CommandException("the reward model " + name + " cannot be trained: " + model.failure());
            }
            try (var trained = ENGINE.loadScoring(Path.of(model.path()))) {
                trained.save(out.resolve(name), WeightType.BF16);
            }
            screen.note("Trained " + out.resolve(name) + " " + model.metrics());
        }

        /** A copy beside the data, for a spec's references are taken from its folder. */
        private Path spec(String name) throws IOException {
            return Files.copy(
                    Project.example("embedded").resolve(name), out.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
