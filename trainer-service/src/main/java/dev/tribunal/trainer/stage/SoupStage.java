package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.runs.v1.Artifact;
import dev.tribunal.contracts.runs.v1.Stage;
import dev.tribunal.languagemodel.SoupPart;
import dev.tribunal.languagemodel.WeightType;
import java.nio.file.Path;
import java.util.List;

/** The weighted mean of several models. A checkpoint of a policy with an adapter has it merged already. */
record SoupStage(TrainingRun run, Stage.Soup stage) {

    Artifact leave() {
        run.journal().awaitPermission();
        run.journal().phase("averaging " + stage.parts().size() + " models");
        double sum = stage.parts().stream().mapToDouble(Stage.Part::weight).sum();
        List<SoupPart> parts = stage.parts().stream()
                .map(part -> new SoupPart(run.inputs().checkpoint(part.model(), part.digest()), part.weight() / sum))
                .toList();
        Path soup = run.write(stage, "", directory -> run.engine().soup(parts, WeightType.F32, directory));
        return TrainingRun.left(stage, "hf:" + soup, run.engine().inspect(soup).digest());
    }
}
