package dev.tribunal.local.export;

import dev.tribunal.local.export.RunTable.Value;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import tools.jackson.databind.json.JsonMapper;

/** A line for each value, step by step: CSV (RFC 4180) or JSON lines. */
public final class TextExport {

    private static final JsonMapper JSON = new JsonMapper();

    private TextExport() {}

    /** {@code step,task,metric,value}; the task is empty for a metric of the whole run. */
    public static String csv(RunTable table) {
        StringWriter text = new StringWriter();
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setRecordSeparator('\n')
                .setHeader("step", "task", "metric", "value")
                .get();
        try (CSVPrinter csv = new CSVPrinter(text, format)) {
            for (List<Value> values : table.steps().values()) {
                for (Value value : values) {
                    csv.printRecord(
                            value.step(), Objects.requireNonNullElse(value.task(), ""), value.metric(), value.value());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** {@code {"step", "task", "metric", "value"}}; the task is absent for a metric of the whole run. */
    public static String jsonLines(RunTable table) {
        StringBuilder lines = new StringBuilder();
        for (List<Value> values : table.steps().values()) {
            for (Value value : values) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("step", value.step());
                if (value.task() != null) {
                    line.put("task", value.task());
                }
                line.put("metric", value.metric());
                line.put("value", value.value());
                lines.append(JSON.writeValueAsString(line)).append('\n');
            }
        }
        return lines.toString();
    }
}
