package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.runs.v1.spec.Evaluation;
import dev.tribunal.contracts.runs.v1.spec.Evaluation.HeldOutJudge;
import dev.tribunal.contracts.runs.v1.spec.Evaluation.HeldOutRewardModel;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Judge;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Task;
import dev.tribunal.trainer.spec.FileUse.AskedJudge;
import dev.tribunal.trainer.spec.FileUse.Reader;
import dev.tribunal.trainer.spec.References.Pinned;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The judges and reward models of an evaluation, each asked for once, and what they want of the prompts. */
final class HeldOutServices {

    private record Wanted(Map<String, String> needed, List<AskedJudge> asked, List<Reader> readers) {

        private static Wanted nothing() {
            return new Wanted(new TreeMap<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    private final SpecFindings findings;
    private final Evaluation written;
    private final String at;
    private final List<HeldOutJudge> judges = new ArrayList<>();
    private final List<HeldOutRewardModel> models = new ArrayList<>();
    private final List<Wanted> ofJudges = new ArrayList<>();
    private final List<Wanted> ofModels = new ArrayList<>();

    HeldOutServices(Evaluation written, String at, SpecServices services, SpecFindings findings) {
        this.findings = findings;
        this.written = written;
        this.at = at;
        for (int i = 0; i < written.heldOutJudges().size(); i++) {
            HeldOutJudge each = written.heldOutJudges().get(i);
            Wanted wanted = Wanted.nothing();
            Judge pinned = services.judge(each.asJudge(), wanted.needed, wanted.asked, at + "/heldOutJudges/" + i);
            judges.add(new HeldOutJudge(pinned.judge(), pinned.digest(), pinned.parameters(), each.tasks()));
            ofJudges.add(wanted);
        }
        for (int i = 0; i < written.heldOutRewardModels().size(); i++) {
            HeldOutRewardModel each = written.heldOutRewardModels().get(i);
            Wanted wanted = Wanted.nothing();
            String place = at + "/heldOutRewardModels/" + i;
            Pinned pinned = services.rewardModel(each.model(), each.digest(), wanted.readers, place, place + "/digest");
            models.add(new HeldOutRewardModel(pinned.reference(), pinned.digest(), each.name(), each.tasks()));
            ofModels.add(wanted);
        }
    }

    Evaluation pinned() {
        return written.pinned(judges, models);
    }

    /** Adds what they want of a task's held-out prompts. */
    void add(String task, Map<String, String> needed, List<AskedJudge> asked, List<Reader> readers) {
        for (int i = 0; i < judges.size(); i++) {
            if (judges.get(i).isOf(task)) {
                ofJudges.get(i).needed.forEach(needed::putIfAbsent);
                asked.addAll(ofJudges.get(i).asked);
            }
        }
        for (int i = 0; i < models.size(); i++) {
            if (models.get(i).isOf(task)) {
                readers.addAll(ofModels.get(i).readers);
            }
        }
    }

    /** What trains a task tells nothing about whether the task is gamed. */
    void checkApart(List<Task> tasks) {
        for (Task task : tasks) {
            for (int i = 0; i < judges.size(); i++) {
                HeldOutJudge judge = judges.get(i);
                if (judge.isOf(task.name())
                        && task.judges().stream()
                                .anyMatch(other -> other.judge().equals(judge.judge()))) {
                    refuse(at + "/heldOutJudges/" + i, judge.judge(), task);
                }
            }
            for (int i = 0; i < models.size(); i++) {
                HeldOutRewardModel model = models.get(i);
                if (model.isOf(task.name())
                        && task.allRewardModels().stream()
                                .anyMatch(other -> other.model().equals(model.model()))) {
                    refuse(at + "/heldOutRewardModels/" + i, model.model(), task);
                }
            }
        }
    }

    private void refuse(String pointer, String name, Task task) {
        if (findings.sound(pointer)) {
            findings.mistake(
                    pointer,
                    "is '" + name + "', which trains task '" + task.name()
                            + "' as well; take another one, or name the other tasks in its tasks");
        }
    }
}
