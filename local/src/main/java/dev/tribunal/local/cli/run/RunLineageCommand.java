package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.runs.v1.lineage.LineageResource;
import dev.tribunal.contracts.runs.v1.lineage.LineageResource.Node;
import dev.tribunal.contracts.runs.v1.lineage.LineageResource.StageNode;
import dev.tribunal.contracts.runs.v1.run.RunResource.Parent;
import dev.tribunal.local.cli.screen.Paint;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.RunPartCommand;
import dev.tribunal.servicekit.input.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code run lineage}: which runs come from which. */
@Command(
        name = "lineage",
        description = "Show the tree of forks that a run is in, with stages, artifacts, checkpoints and what each fork"
                + " changed.")
final class RunLineageCommand extends RunPartCommand {

    private static final int MOST_SHOWN = 5;

    RunLineageCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() {
        PlatformClient client = platform.connect();
        LineageResource tree = client.lineage().get(run(client.runs()).id());
        show(tree, () -> lines(tree));
        return ExitCode.SUCCESS;
    }

    private static List<String> lines(LineageResource tree) {
        List<String> lines = new ArrayList<>();
        List<String> ids = tree.runs().stream().map(Node::id).toList();
        for (Node node : tree.runs()) {
            Parent parent = node.parent();
            if (parent == null || !ids.contains(parent.run())) {
                add(node, "", tree, lines);
            }
        }
        if (tree.truncated()) {
            lines.add("(there are more than " + LineageResource.MAX_RUNS + ")");
        }
        return lines;
    }

    private static void add(Node node, String indent, LineageResource tree, List<String> lines) {
        lines.add(indent + (node.id().equals(tree.run()) ? "* " : "- ") + node.id() + "  " + node.name() + "  "
                + Paint.state(Words.of(node.state())) + " at step " + node.step() + "/" + node.steps()
                + from(node.parent()));
        String below = indent + "    ";
        if (!node.differences().isEmpty()) {
            lines.add(below + "changed: " + shown(node.differences()));
        }
        for (StageNode stage : node.stages()) {
            if (node.stages().size() > 1 || stage.artifact() != null) {
                lines.add(below + "stage " + stage.name() + " (" + stage.type() + "): "
                        + (stage.artifact() == null
                                ? "not finished"
                                : Words.of(stage.artifact().kind()) + " "
                                        + stage.artifact().reference()));
            }
        }
        if (!node.checkpoints().isEmpty()) {
            lines.add(below + "checkpoints: steps "
                    + shown(node.checkpoints().stream().map(String::valueOf).toList()));
        }
        for (Node child : tree.runs()) {
            if (child.parent() != null && child.parent().run().equals(node.id())) {
                add(child, below, tree, lines);
            }
        }
    }

    private static String from(@Nullable Parent parent) {
        return parent == null
                ? ""
                : "  from the " + Words.of(parent.kind()) + " of " + parent.run() + " at step " + parent.step();
    }

    private static String shown(List<String> all) {
        return all.stream().limit(MOST_SHOWN).collect(Collectors.joining(", "))
                + (all.size() > MOST_SHOWN ? " and " + (all.size() - MOST_SHOWN) + " more" : "");
    }
}
