package dev.tribunal.trainer.store;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.RunResource.Condition;
import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.contracts.runs.v1.RunState;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.checkpoint.Checkpoint.Purpose;
import jakarta.persistence.AttributeConverter;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** How values of a run are written in its columns: constants as the API's words, structures as JSON. */
public final class Columns {

    /** Needed by JSONB columns, whose values travel as text. */
    static final String WRITE_JSON = "?::jsonb";

    private static final JsonMapper JSON = new JsonMapper();

    private Columns() {}

    public static String json(Object value) {
        return JSON.writeValueAsString(value);
    }

    static Map<String, Object> object(String json) {
        return JSON.readValue(json, new TypeReference<>() {});
    }

    static final class State implements AttributeConverter<RunState, String> {
        @Override
        public String convertToDatabaseColumn(RunState state) {
            return Words.of(state);
        }

        @Override
        public RunState convertToEntityAttribute(String word) {
            return Words.constant(RunState.class, word);
        }
    }

    static final class OfPurpose implements AttributeConverter<Purpose, String> {
        @Override
        public String convertToDatabaseColumn(Purpose purpose) {
            return Words.of(purpose);
        }

        @Override
        public Purpose convertToEntityAttribute(String word) {
            return Words.constant(Purpose.class, word);
        }
    }

    static final class Spec implements AttributeConverter<RunSpec, String> {
        @Override
        public String convertToDatabaseColumn(RunSpec spec) {
            return json(spec);
        }

        @Override
        public RunSpec convertToEntityAttribute(String json) {
            return JSON.readValue(json, RunSpec.class);
        }
    }

    static final class Labels implements AttributeConverter<Map<String, String>, String> {
        @Override
        public String convertToDatabaseColumn(Map<String, String> labels) {
            return json(labels);
        }

        @Override
        public Map<String, String> convertToEntityAttribute(String json) {
            return JSON.readValue(json, new TypeReference<>() {});
        }
    }

    static final class Conditions implements AttributeConverter<List<Condition>, String> {
        @Override
        public String convertToDatabaseColumn(List<Condition> conditions) {
            return json(conditions);
        }

        @Override
        public List<Condition> convertToEntityAttribute(String json) {
            return JSON.readValue(json, new TypeReference<>() {});
        }
    }

    static final class Artifacts implements AttributeConverter<List<StoredArtifact>, String> {
        @Override
        public String convertToDatabaseColumn(List<StoredArtifact> artifacts) {
            return json(artifacts);
        }

        @Override
        public List<StoredArtifact> convertToEntityAttribute(String json) {
            return JSON.readValue(json, new TypeReference<>() {});
        }
    }

    static final class Errors implements AttributeConverter<List<FieldError>, String> {
        @Override
        public String convertToDatabaseColumn(List<FieldError> errors) {
            return json(errors);
        }

        @Override
        public List<FieldError> convertToEntityAttribute(String json) {
            return JSON.readValue(json, new TypeReference<>() {});
        }
    }
}
