package dev.tribunal.judge.sdk.conformance;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.RegularExpression;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.servicekit.json.JsonPointers;
import dev.tribunal.servicekit.json.Shown;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks a task's parameters by the JSON Schema (2020-12) of a judge's descriptor. The schema is not trusted: nothing
 * that it refers to outside itself is fetched, and its patterns are searched for no longer than a number of steps.
 */
public final class SchemaCheck {

    private static final Logger log = LoggerFactory.getLogger(SchemaCheck.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_STEPS = 100_000;
    private static final int MOST_ERRORS = 20;
    private static final SchemaLocation META_SCHEMA = SchemaLocation.of("https://json-schema.org/draft/2020-12/schema");

    private final Schema schema;
    private final List<String> names;

    /** The last that were sound: a run asks with the same ones at each step. */
    private volatile @Nullable Map<String, Object> sound;

    private SchemaCheck(JsonNode schema) {
        this.schema = registry().getSchema(schema);
        this.names = List.copyOf(schema.path("properties").propertyNames());
    }

    /** One a schema: what it calls itself is not to be found by another. */
    private static SchemaRegistry registry() {
        return SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                registry -> registry.schemaLoader(loader -> loader.fetchRemoteResources(false)
                                .block(iri -> !iri.toString().startsWith("https://json-schema.org/")))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .regularExpressionFactory(SchemaCheck::expression)
                                .build()));
    }

    /** @param schema to which {@link #objection} has none */
    public static SchemaCheck of(Map<String, Object> schema) {
        return new SchemaCheck(JSON.valueToTree(schema));
    }

    /** What is wrong with a schema of parameters; null if nothing is. */
    public static @Nullable String objection(Map<String, Object> schema) {
        try {
            JsonNode tree = JSON.valueToTree(schema);
            String mistakes = registry().getSchema(META_SCHEMA).validate(tree).stream()
                    .limit(3)
                    .map(error -> error.getInstanceLocation() + " " + error.getMessage())
                    .collect(Collectors.joining("; "));
            if (!mistakes.isEmpty()) {
                return mistakes;
            }
            new SchemaCheck(tree).schema.validate(JSON.createObjectNode());
            return null;
        } catch (SchemaException | PatternSyntaxException e) {
            return String.valueOf(e.getMessage());
        } catch (StackOverflowError e) {
            return "it refers to itself without end";
        }
    }

    /** By JSON pointer from the parameters' root. What cannot be checked only the judge can know. */
    public List<FieldError> errors(Map<String, Object> parameters) {
        if (parameters.equals(sound)) {
            return List.of();
        }
        List<Error> errors;
        try {
            errors = schema.validate(JSON.<JsonNode>valueToTree(parameters));
        } catch (SchemaException | PatternSyntaxException | StackOverflowError e) {
            log.warn(
                    "a judge's parameters cannot be checked by its schema: {}",
                    e.getClass().getName());
            return List.of();
        }
        if (errors.isEmpty()) {
            sound = parameters;
        }
        return errors.stream().limit(MOST_ERRORS).map(this::told).toList();
    }

    private FieldError told(Error error) {
        String pointer = String.valueOf(error.getInstanceLocation());
        String property = error.getProperty();
        String inside = property == null ? "" : JsonPointers.child("", property);
        return switch (error.getKeyword()) {
            case "additionalProperties", "unevaluatedProperties" ->
                new FieldError(
                        pointer + inside,
                        pointer.isEmpty()
                                ? "is not a parameter of this judge; it has "
                                        + (names.isEmpty() ? "none" : String.join(", ", names))
                                : "does not belong here");
            case "required" -> new FieldError(pointer + inside, "is missing");
            case null, default -> new FieldError(pointer, shown(error.getInstanceNode()) + error.getMessage());
        };
    }

    private static String shown(@Nullable JsonNode value) {
        if (value == null) {
            return "";
        }
        return "is " + Shown.shortened(value.toString(), 100) + ", ";
    }

    private static RegularExpression expression(String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        return text -> {
            try {
                return compiled.matcher(new Counted(text, new int[] {MOST_STEPS}))
                        .find();
            } catch (TooManySteps e) {
                return true; // only the judge can know
            }
        };
    }

    /** A search that backtracks without end looks at characters without end. */
    private record Counted(CharSequence text, int[] left) implements CharSequence {

        @Override
        public char charAt(int index) {
            if (left[0]-- <= 0) {
                throw new TooManySteps();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text.subSequence(start, end), left);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }

    private static final class TooManySteps extends RuntimeException {
        TooManySteps() {
            super(null, null, false, false);
        }
    }
}
