package dev.tribunal.trainer.store;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.run.RunResource.BestCheckpoint;
import dev.tribunal.contracts.runs.v1.run.RunResource.Condition;
import dev.tribunal.contracts.runs.v1.run.RunResource.Fork;
import dev.tribunal.contracts.runs.v1.run.RunResource.Wait;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.checkpoint.Checkpoint.Purpose;
import jakarta.persistence.AttributeConverter;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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

    public static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    static Map<String, Object> object(String json) {
        return JSON.readValue(json, new TypeReference<>() {});
    }

    /** A constant as the API's word. */
    private abstract static class Word<E extends Enum<E>> implements AttributeConverter<E, String> {

        private final Class<E> type;

        Word(Class<E> type) {
            this.type = type;
        }

        @Override
        public @Nullable String convertToDatabaseColumn(@Nullable E constant) {
            return constant == null ? null : Words.of(constant);
        }

        @Override
        public @Nullable E convertToEntityAttribute(@Nullable String word) {
            return word == null ? null : Words.constant(type, word);
        }
    }

    static final class State extends Word<RunState> {
        State() {
            super(RunState.class);
        }
    }

    static final class OfFork extends Word<Fork> {
        OfFork() {
            super(Fork.class);
        }
    }

    static final class OfPurpose extends Word<Purpose> {
        OfPurpose() {
            super(Purpose.class);
        }
    }

    /** A structure as JSON. */
    private abstract static class Json<T> implements AttributeConverter<T, String> {

        private final TypeReference<T> type;

        Json(TypeReference<T> type) {
            this.type = type;
        }

        @Override
        public String convertToDatabaseColumn(T value) {
            return json(value);
        }

        @Override
        public T convertToEntityAttribute(String json) {
            return JSON.readValue(json, type);
        }
    }

    static final class Spec extends Json<RunSpec> {
        Spec() {
            super(new TypeReference<>() {});
        }
    }

    static final class Labels extends Json<Map<String, String>> {
        Labels() {
            super(new TypeReference<>() {});
        }
    }

    static final class Conditions extends Json<List<Condition>> {
        Conditions() {
            super(new TypeReference<>() {});
        }
    }

    static final class Artifacts extends Json<List<StoredArtifact>> {
        Artifacts() {
            super(new TypeReference<>() {});
        }
    }

    static final class StoredAlarms extends Json<List<StoredAlarm>> {
        StoredAlarms() {
            super(new TypeReference<>() {});
        }
    }

    static final class Waits extends Json<List<Wait>> {
        Waits() {
            super(new TypeReference<>() {});
        }
    }

    static final class Best extends Json<Map<String, BestCheckpoint>> {
        Best() {
            super(new TypeReference<>() {});
        }
    }

    static final class Errors extends Json<List<FieldError>> {
        Errors() {
            super(new TypeReference<>() {});
        }
    }
}
