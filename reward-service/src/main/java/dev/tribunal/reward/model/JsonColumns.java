package dev.tribunal.reward.model;

import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Source;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Values kept as JSON text; the columns are jsonb. */
final class JsonColumns {

    private static final JsonMapper JSON = new JsonMapper();

    private JsonColumns() {}

    @Converter
    static final class OfSource implements AttributeConverter<Source, String> {

        @Override
        public String convertToDatabaseColumn(Source source) {
            return JSON.writerFor(Source.class).writeValueAsString(source);
        }

        @Override
        public Source convertToEntityAttribute(String column) {
            return JSON.readValue(column, Source.class);
        }
    }

    @Converter
    static final class OfMetrics implements AttributeConverter<Map<String, Double>, String> {

        @Override
        public String convertToDatabaseColumn(Map<String, Double> metrics) {
            return JSON.writeValueAsString(metrics);
        }

        @Override
        public Map<String, Double> convertToEntityAttribute(String column) {
            return JSON.readValue(column, new TypeReference<>() {});
        }
    }
}
