package dev.tribunal.local.prompts;

import dev.tribunal.servicekit.files.JsonLines;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import tools.jackson.databind.JsonNode;

/** A published data set in the form in which its authors publish it, or another system's rows. */
enum DataSet {
    /** Grade-school problems (arXiv 2110.14168): JSON lines; the worked answer is the baseline. */
    GSM8K {
        @Override
        List<PromptLine> read(Path file) {
            return JsonLines.read(file, row -> {
                String solution = text(row, "answer");
                int mark = solution.lastIndexOf("####");
                if (mark < 0) {
                    throw new IllegalArgumentException("'answer' has no line that starts with ####");
                }
                String answer = solution.substring(mark + 4).strip().replace(",", "");
                String steps =
                        solution.substring(0, mark).replaceAll("<<[^>]*>>", "").strip();
                String baseline = steps + "\nThe final answer is " + answer + ".";
                return new PromptLine(text(row, "question"), Map.of("answer", answer), baseline, Map.of());
            });
        }
    },

    /** Short sums in words (arXiv 2103.07191): one JSON array. */
    SVAMP {
        @Override
        List<PromptLine> read(Path file) {
            return JsonLines.read(file, row -> {
                String body = text(row, "Body").strip();
                String stop = body.matches("(?s).*[.?!]") ? " " : ". ";
                return new PromptLine(
                        body + stop + text(row, "Question").strip(),
                        Map.of("answer", number(row, "Answer")),
                        null,
                        Map.of("type", text(row, "Type")));
            });
        }
    },

    /** Instructions that a program can verify (arXiv 2311.07911): JSON lines. */
    IFEVAL {
        @Override
        List<PromptLine> read(Path file) {
            return JsonLines.read(file, row -> {
                var metadata = new LinkedHashMap<String, Object>();
                metadata.put("key", field(row, "key"));
                metadata.put("instruction_id_list", field(row, "instruction_id_list"));
                metadata.put("kwargs", field(row, "kwargs"));
                return new PromptLine(text(row, "prompt"), Map.of(), null, metadata);
            });
        }
    },

    /** Safe prompts that sound unsafe, and their unsafe contrasts (arXiv 2308.01263): CSV. */
    XSTEST {
        @Override
        List<PromptLine> read(Path file) throws IOException {
            return csv(file, row -> {
                var metadata = new LinkedHashMap<String, Object>();
                for (String column : List.of("id", "type", "label", "focus")) {
                    metadata.put(column, column(row, column));
                }
                return new PromptLine(column(row, "prompt"), Map.of(), null, metadata);
            });
        }
    },

    /** Harmful requests (arXiv 2307.15043): CSV. Its {@code target} complies, so that it is not a baseline completion. */
    ADVBENCH {
        @Override
        List<PromptLine> read(Path file) throws IOException {
            return csv(file, row -> new PromptLine(column(row, "goal"), Map.of(), null, Map.of("label", "unsafe")));
        }
    },

    /** Rows of verl: the ground truth becomes the reference's answer. */
    VERL {
        @Override
        List<PromptLine> read(Path file) {
            return JsonLines.read(file, ChatRows::verl);
        }
    },

    /** Rows of TRL, plain or conversational: prompts, demonstrations, or preference pairs. */
    TRL {
        @Override
        List<PromptLine> read(Path file) {
            return JsonLines.read(file, ChatRows::trl);
        }
    },

    /** Rows of OpenAI's fine-tuning and batch files. */
    OPENAI {
        @Override
        List<PromptLine> read(Path file) {
            return JsonLines.read(file, ChatRows::openAi);
        }
    },

    /** Conversations as ShareGPT's are published. */
    SHAREGPT {
        @Override
        List<PromptLine> read(Path file) {
            return JsonLines.read(file, ChatRows::shareGpt);
        }
    },

    /** Instructions with inputs and outputs, as Alpaca's are published. */
    ALPACA {
        @Override
        List<PromptLine> read(Path file) {
            return JsonLines.read(file, ChatRows::alpaca);
        }
    };

    /**
     * @throws IllegalArgumentException or {@link JsonLines.InvalidLinesException}, naming the line and its mistake
     */
    abstract List<PromptLine> read(Path file) throws IOException;

    /** As the command line writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static JsonNode field(JsonNode row, String name) {
        JsonNode field = row.get(name);
        if (field == null) {
            throw new IllegalArgumentException("has no '" + name + "'");
        }
        return field;
    }

    private static String text(JsonNode row, String name) {
        JsonNode field = field(row, name);
        if (!field.isString()) {
            throw new IllegalArgumentException("'" + name + "' is not a text");
        }
        return field.asString();
    }

    /** Without trailing zeros: 51, not 51.0. */
    private static String number(JsonNode row, String name) {
        JsonNode field = field(row, name);
        if (!field.isNumber()) {
            throw new IllegalArgumentException("'" + name + "' is not a number");
        }
        return new BigDecimal(field.asString()).stripTrailingZeros().toPlainString();
    }

    private static List<PromptLine> csv(Path file, Function<CSVRecord, PromptLine> parse) throws IOException {
        var format = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        var lines = new ArrayList<PromptLine>();
        try (var reader = Files.newBufferedReader(file);
                var parser = format.parse(withoutMark(reader))) {
            for (CSVRecord row : parser) {
                lines.add(numbered("record " + row.getRecordNumber(), () -> parse.apply(row)));
            }
        }
        return lines;
    }

    /** Spreadsheets write a byte order mark, which would belong to the first column's name. */
    private static BufferedReader withoutMark(BufferedReader reader) throws IOException {
        reader.mark(1);
        if (reader.read() != 0xFEFF) {
            reader.reset();
        }
        return reader;
    }

    private static String column(CSVRecord row, String name) {
        if (!row.isSet(name)) {
            throw new IllegalArgumentException("has no column '" + name + "'");
        }
        return row.get(name);
    }

    private static PromptLine numbered(String place, Supplier<PromptLine> parse) {
        try {
            return parse.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }
}
