package dev.tribunal.local.chart;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/** The CSV files of a folder, each read once. */
final class ChartData {

    private final Path folder;
    private final Map<String, List<CSVRecord>> read = new HashMap<>();

    ChartData(Path folder) {
        this.folder = folder;
    }

    /** @param what {@code results}, {@code curves} or {@code seeds} */
    List<CSVRecord> rows(String comparison, String what) throws IOException {
        String name = comparison + "." + what + ".csv";
        List<CSVRecord> known = read.get(name);
        if (known == null) {
            CSVFormat format = CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .get();
            try (Reader file = Files.newBufferedReader(folder.resolve(name))) {
                known = new ArrayList<>(format.parse(file).getRecords());
            }
            read.put(name, known);
        }
        return known;
    }

    /** NaN where the column is empty. */
    static double number(CSVRecord row, String column) {
        String text = row.get(column);
        return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    }
}
