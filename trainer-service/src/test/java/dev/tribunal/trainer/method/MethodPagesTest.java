package dev.tribunal.trainer.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.runs.v1.method.MethodResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code docs/methods/NAME.md} has a method's hyperparameters and defaults as its record has them. */
class MethodPagesTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Path PAGES = Path.of("../docs/methods");
    private static final String TABLE = "## Hyperparameters";
    /** A name, and what stands in the column after it. */
    private static final Pattern ROW = Pattern.compile("\\| *`(\\w+)` *\\|([^|]*)\\|.*");

    /** What a table says of a hyperparameter that has to be given, or that may be left out and is then nothing. */
    private static final Set<String> NO_DEFAULT = Set.of("", "-", "none", "required", "needed", "must be given");

    static Stream<MethodResource> methodsWithAPage() {
        return MethodList.all().stream().filter(method -> Files.exists(page(method)));
    }

    private static Path page(MethodResource method) {
        return PAGES.resolve(method.name() + ".md");
    }

    @Test
    void everyMethodHasAPage() {
        assertThat(MethodList.all().stream()
                        .filter(method -> !Files.exists(page(method)))
                        .map(MethodResource::name))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("methodsWithAPage")
    void itsHyperparametersAreTheRecords(MethodResource method) throws IOException {
        Map<String, String> expected = new LinkedHashMap<>();
        JsonNode properties =
                JSON.valueToTree(Objects.requireNonNull(method.hyperparameters().get("properties")));
        properties
                .properties()
                .forEach(property -> expected.put(
                        property.getKey(), ofRecord(property.getValue().path("default"))));

        assertThat(table(page(method)))
                .as("%s: name and default of each hyperparameter", page(method))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("methodsWithAPage")
    void itSaysWhereItComesFromAndWhatItDidHere(MethodResource method) throws IOException {
        assertThat(Files.readString(page(method)))
                .startsWith("# ")
                .contains("\n" + TABLE + "\n", "\n## Source\n", "\n## Result here\n");
    }

    /** One of several kinds by its name, as specs write it. */
    private static String ofRecord(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        return plain(
                value.isObject() ? value.path("type").asString(value.toString()) : value.asString(value.toString()));
    }

    /** From the heading to the next one. */
    private static Map<String, String> table(Path page) throws IOException {
        List<String> lines = Files.readAllLines(page);
        return lines.subList(lines.indexOf(TABLE) + 1, lines.size()).stream()
                .takeWhile(line -> !line.startsWith("## "))
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .collect(Collectors.toMap(
                        row -> row.group(1),
                        row -> plain(row.group(2).replace("`", "").strip())));
    }

    /** Numbers by their value. */
    private static String plain(String written) {
        if (NO_DEFAULT.contains(written)) {
            return "";
        }
        return written.matches("-?[0-9.]+([eE]-?[0-9]+)?") ? String.valueOf(Double.parseDouble(written)) : written;
    }
}
