package dev.tribunal.trainer.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.runs.v1.metric.MetricCatalogue;
import dev.tribunal.contracts.runs.v1.metric.MetricResource;
import dev.tribunal.servicekit.input.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} says of each metric what its constant says. */
class MetricsDocumentTest {

    @Test
    void theTableIsTheCatalogue() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("../docs/metrics.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(MetricCatalogue.all().stream()
                        .map(MetricsDocumentTest::row)
                        .toList());
    }

    @Test
    void eachMetricHasItsSentence() {
        assertThat(MetricCatalogue.all())
                .hasSizeGreaterThan(50)
                .allSatisfy(metric -> assertThat(metric.sentence()).endsWith("."));
    }

    private static String row(MetricResource metric) {
        String of =
                metric.of() == null ? "" : metric.of().toUpperCase(Locale.ROOT).replace(' ', '_');
        return "| `" + metric.name() + "` | " + of + " | " + metric.sentence() + " | " + metric.unit() + " | "
                + Words.of(metric.good()) + " | " + String.join(" ", metric.with()) + " |";
    }
}
