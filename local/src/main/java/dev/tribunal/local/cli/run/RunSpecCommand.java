package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.RunPartCommand;
import dev.tribunal.local.cli.shared.SpecFile;
import picocli.CommandLine.Command;

/** {@code run spec}: what a run was created from, in full. */
@Command(
        name = "spec",
        description =
                "Print the run's resolved spec as YAML: every default filled in, every version and digest pinned.")
final class RunSpecCommand extends RunPartCommand {

    RunSpecCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() {
        RunsApi runs = platform.connect().runs();
        RunSpec spec = runs.spec(run(runs).id());
        show(spec, () -> SpecFile.toYaml(spec).lines().toList());
        return ExitCode.SUCCESS;
    }
}
