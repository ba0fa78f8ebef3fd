package dev.tribunal.local.cli.run.export;

import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.local.cli.screen.Screen;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code run export pairs}. */
@Command(
        name = "pairs",
        description =
                "Make preference pairs of stored rollouts, one of each prompt and step that has one, for methods such"
                        + " as dpo, for reward models, and for TRL.")
final class RunExportPairsCommand extends RunExportRowsCommand {

    private static final String FEASIBLE_OVER_INFEASIBLE = "feasible-over-infeasible";
    private static final String BEST_OVER_WORST = "best-over-worst";

    @Option(
            names = "--choose",
            paramLabel = "HOW",
            description = "feasible-over-infeasible: the best feasible completion over the worst infeasible one;"
                    + " best-over-worst: the feasible ones with the highest and the lowest reward. Default"
                    + " ${DEFAULT-VALUE}.")
    private String choose = FEASIBLE_OVER_INFEASIBLE;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    RunExportPairsCommand(Screen screen) {
        super(screen);
    }

    @Override
    Optional<ObjectNode> row(List<EpisodeResource> group) {
        List<EpisodeResource> feasible = feasible(group, true);
        return switch (choose) {
            case FEASIBLE_OVER_INFEASIBLE -> pair(best(known(feasible)), worst(known(feasible(group, false))));
            case BEST_OVER_WORST ->
                pair(best(feasible), worst(feasible))
                        .filter(row -> rank(best(feasible).orElseThrow())
                                > rank(worst(feasible).orElseThrow()));
            default ->
                throw new ParameterException(
                        spec.commandLine(),
                        "--choose " + choose + " is neither " + FEASIBLE_OVER_INFEASIBLE + " nor " + BEST_OVER_WORST);
        };
    }

    private Optional<ObjectNode> pair(Optional<EpisodeResource> chosen, Optional<EpisodeResource> rejected) {
        if (chosen.isEmpty()
                || rejected.isEmpty()
                || chosen.get().completion().isBlank() // a row teaches no empty answer
                || rejected.get().completion().isBlank()
                || chosen.get().completion().equals(rejected.get().completion())) {
            return Optional.empty();
        }
        ObjectNode row = row(chosen.get());
        answer(row, "chosen", chosen.get());
        answer(row, "rejected", rejected.get());
        ObjectNode provenance = provenance(row, chosen.get());
        tell(provenance, "chosen", chosen.get());
        tell(provenance, "rejected", rejected.get());
        return Optional.of(row);
    }
}
