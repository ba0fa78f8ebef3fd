package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.WeightType;
import java.nio.file.Path;

/** The weighted mean of several models. A checkpoint of a policy with an adapter has it merged already. */
record SoupStage(TrainingRun run, Stage.Soup stage) {

    Artifact leave() {
        run.journal().awaitPermission();
        run.journal().phase("averaging " + stage.parts().size() + " models");
        Path soup = run.write(
                stage, "", directory -> run.engine().soup(run.inputs().soup(stage.parts()), WeightType.F32, directory));
        return TrainingRun.left(
                stage, "hf:" + soup, run.undisturbed().inspect(soup).digest());
    }
}
