package dev.tribunal.languagemodel.tokenizer;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The present of chat templates that write the date ({@code strftime_now}): that of the machine, as in transformers,
 * unless the environment fixes it, which makes their prompts the same on every day.
 */
final class TemplateDate {

    static final String VARIABLE = "TRIBUNAL_TEMPLATE_DATE";

    private TemplateDate() {}

    /** @throws IllegalArgumentException if the environment's date is none */
    static Supplier<LocalDateTime> of(Map<String, String> environment) {
        String written = environment.getOrDefault(VARIABLE, "");
        if (written.isBlank()) {
            return LocalDateTime::now;
        }
        try {
            LocalDateTime fixed = written.contains("T")
                    ? LocalDateTime.parse(written)
                    : LocalDate.parse(written).atStartOfDay();
            return () -> fixed;
        } catch (DateTimeException noDate) {
            throw new IllegalArgumentException(
                    VARIABLE + " is '" + written + "': write a date like 2024-07-26, or 2024-07-26T13:05:09", noDate);
        }
    }
}
