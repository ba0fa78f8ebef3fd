package dev.tribunal.reward.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.reward.LengthModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadedModelsTest {

    private static final Path A = Path.of("a");
    private static final Path B = Path.of("b");
    private static final Path C = Path.of("c");

    private final List<Path> loads = new ArrayList<>();
    private final LoadedModels models = new LoadedModels(2, directory -> {
        loads.add(directory);
        return new LengthModel(1);
    });

    @Test
    void aModelIsLoadedOnceAndTheLeastRecentlyUsedOneIsDropped() {
        LengthModel a = use(A);
        LengthModel b = use(B);
        use(A);
        use(C);

        assertThat(b.closed).isTrue();
        assertThat(a.closed).isFalse();
        assertThat(use(A)).isSameAs(a);
        assertThat(loads).containsExactly(A, B, C);
    }

    @Test
    void aModelAtWorkIsClosedOnlyWhenItsWorkIsDone() {
        LengthModel a = models.with(A, model -> {
            use(B);
            use(C);
            assertThat(((LengthModel) model).closed).isFalse();
            return (LengthModel) model;
        });

        assertThat(a.closed).isTrue();
    }

    @Test
    void aModelThatCouldNotBeLoadedIsTriedAgain() {
        List<Path> tries = new ArrayList<>();
        LoadedModels failing = new LoadedModels(2, directory -> {
            tries.add(directory);
            throw new CheckpointException(directory, "gone");
        });

        assertThatThrownBy(() -> failing.with(A, ScoringModel::configuration)).hasMessage("gone");
        assertThatThrownBy(() -> failing.with(A, ScoringModel::configuration)).hasMessage("gone");
        assertThat(tries).hasSize(2);
    }

    private LengthModel use(Path directory) {
        return models.with(directory, model -> (LengthModel) model);
    }
}
