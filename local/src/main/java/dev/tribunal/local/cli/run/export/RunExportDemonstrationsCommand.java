package dev.tribunal.local.cli.run.export;

import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.local.cli.screen.Screen;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ObjectNode;

/** {@code run export demonstrations}. */
@Command(
        name = "demonstrations",
        description = "Make demonstrations of stored rollouts: of each prompt and step the feasible completion with the"
                + " highest reward, for sft and for TRL.")
final class RunExportDemonstrationsCommand extends RunExportRowsCommand {

    RunExportDemonstrationsCommand(Screen screen) {
        super(screen);
    }

    @Override
    Optional<ObjectNode> row(List<EpisodeResource> group) {
        return best(known(feasible(group, true)))
                .filter(best -> !best.completion().isBlank())
                .map(best -> {
                    ObjectNode row = row(best);
                    answer(row, "completion", best);
                    tell(provenance(row, best), "completion", best);
                    return row;
                });
    }
}
