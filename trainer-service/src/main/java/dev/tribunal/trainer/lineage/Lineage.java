package dev.tribunal.trainer.lineage;

import dev.tribunal.contracts.runs.v1.lineage.LineageResource;
import dev.tribunal.contracts.runs.v1.lineage.LineageResource.Node;
import dev.tribunal.contracts.runs.v1.lineage.LineageResource.StageNode;
import dev.tribunal.contracts.runs.v1.lineage.RunDifferences.Difference;
import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.RunResource.Parent;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The trees of forks. */
@Component
public final class Lineage {

    /** A chain of parents, at most this long: no id is its own ancestor, but a query must end. */
    private static final int DEEPEST = 10_000;

    private static final String TREE = """
            with recursive up as (
                select id, parent_run, 0 as depth from trainer.runs where id = :run
                union all
                select r.id, r.parent_run, up.depth + 1 from trainer.runs r join up on r.id = up.parent_run
                where up.depth < :deepest),
            tree as (
                (select id, 0 as depth from up order by up.depth desc limit 1)
                union all
                select r.id, tree.depth + 1 from trainer.runs r join tree on r.parent_run = tree.id
                where tree.depth < :deepest)
            select id from tree order by id limit :limit""";

    private final RunStore runs;
    private final JdbcClient jdbc;

    Lineage(RunStore runs, JdbcClient jdbc) {
        this.runs = runs;
        this.jdbc = jdbc;
    }

    /** Ids rise with the time, so that parents come before their children. */
    public LineageResource of(String runId) {
        runs.get(runId);
        List<String> ids = jdbc.sql(TREE)
                .param("run", runId)
                .param("deepest", DEEPEST)
                .param("limit", LineageResource.MAX_RUNS + 1)
                .query((row, _) -> row.getString("id"))
                .list();
        boolean truncated = ids.size() > LineageResource.MAX_RUNS;
        List<String> shown = truncated ? ids.subList(0, LineageResource.MAX_RUNS) : ids;
        Map<String, RunEntity> found =
                runs.all(shown).stream().collect(Collectors.toMap(RunEntity::id, Function.identity()));
        Map<String, List<Integer>> checkpoints = checkpoints(shown);
        return new LineageResource(
                runId,
                shown.stream()
                        .map(found::get)
                        .filter(Objects::nonNull) // what is not found has been deleted meanwhile
                        .map(run -> node(run, found, checkpoints.getOrDefault(run.id(), List.of())))
                        .toList(),
                truncated);
    }

    private Map<String, List<Integer>> checkpoints(List<String> ids) {
        Map<String, List<Integer>> steps = new HashMap<>();
        jdbc.sql("select run_id, step from trainer.checkpoints where run_id in (:ids) order by run_id, step")
                .param("ids", ids)
                .query(row -> {
                    steps.computeIfAbsent(row.getString("run_id"), run -> new ArrayList<>())
                            .add(row.getInt("step"));
                });
        return steps;
    }

    private static Node node(RunEntity run, Map<String, RunEntity> all, List<Integer> checkpoints) {
        Parent parent = run.parent();
        RunEntity from = parent == null ? null : all.get(parent.run());
        return new Node(
                run.id(),
                run.name(),
                run.state(),
                parent,
                run.step(),
                run.steps(),
                run.spec().allStages().stream()
                        .map(stage -> stage(stage, run.artifacts()))
                        .toList(),
                checkpoints,
                from == null
                        ? List.of()
                        : SpecDifferences.of(from.spec(), run.spec()).stream()
                                .map(Difference::pointer)
                                .toList(),
                run.createdAt(),
                run.finishedAt());
    }

    private static StageNode stage(Stage stage, List<Artifact> artifacts) {
        return new StageNode(
                stage.name(),
                switch (stage) {
                    case Stage.Train _ -> "train";
                    case Stage.Soup _ -> "soup";
                    case Stage.SoupSweep _ -> "soup-sweep";
                    case Stage.Generate _ -> "generate";
                    case Stage.Label _ -> "label";
                    case Stage.RewardModel _ -> "reward-model";
                    case Stage.Repeat _ -> "repeat";
                },
                artifacts.stream()
                        .filter(artifact -> artifact.stage().equals(stage.name()))
                        .findFirst()
                        .orElse(null));
    }
}
