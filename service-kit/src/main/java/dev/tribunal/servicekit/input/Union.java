package dev.tribunal.servicekit.input;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A sealed interface whose records are told apart by a field.
 *
 * @param field that names the record
 * @param records by what the field says
 * @param otherwise what is meant without the field
 */
record Union(String field, Map<String, Class<?>> records, Optional<Class<?>> otherwise) {

    static boolean is(Class<?> type) {
        return type.isInterface() && type.isAnnotationPresent(JsonTypeInfo.class);
    }

    static Union of(Class<?> type) {
        JsonTypeInfo info = type.getAnnotation(JsonTypeInfo.class);
        Map<String, Class<?>> records = new LinkedHashMap<>();
        for (JsonSubTypes.Type subtype : type.getAnnotation(JsonSubTypes.class).value()) {
            records.put(subtype.name(), subtype.value());
        }
        Optional<Class<?>> otherwise = Optional.<Class<?>>of(info.defaultImpl()).filter(records::containsValue);
        return new Union(info.property(), records, otherwise);
    }
}
