package dev.tribunal.languagemodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineSpeedTest {

    @TempDir
    private Path parent;

    @Test
    void aModelThatHasNotComputedYetIsMeasuredToo() {
        try (LanguageModel model = Checkpoints.load(TinyCheckpoint.in(parent, true))) {
            assertThat(EngineSpeed.productGigaflops(model)).isPositive();
        }
    }
}
