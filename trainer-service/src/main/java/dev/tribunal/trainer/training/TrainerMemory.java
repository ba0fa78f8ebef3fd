package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the process takes of the machine's memory, the engine's own included, which no Java bean knows. */
final class TrainerMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    private TrainerMemory() {}

    /** None where the operating system does not say. */
    static List<Metric> metrics() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.matches("VmRSS:\\s+[0-9]+ kB"))
                    .map(line -> new Metric(
                            MetricNames.MEMORY_BYTES, null, 1024.0 * Long.parseLong(line.replaceAll("[^0-9]", ""))))
                    .toList();
        } catch (IOException notLinux) {
            return List.of();
        }
    }
}
