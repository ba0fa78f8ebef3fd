package dev.tribunal.servicekit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.annotation.AnnotationUtils;

/**
 * What operators rely on in a record of settings: the names of its properties, and what holds where one is not set.
 *
 * @param <T> a record with {@link ConfigurationProperties}
 */
public final class SettingsContract<T extends Record> {

    private final Class<T> type;
    private final String prefix;

    private SettingsContract(Class<T> type) {
        this.type = type;
        ConfigurationProperties annotation =
                Objects.requireNonNull(AnnotationUtils.findAnnotation(type, ConfigurationProperties.class));
        prefix = annotation.value();
    }

    public static <T extends Record> SettingsContract<T> of(Class<T> type) {
        return new SettingsContract<>(type);
    }

    /** Without any property, the record is {@code expected}. */
    public SettingsContract<T> hasDefaults(T expected) {
        assertThat(bind(Map.of())).isEqualTo(expected);
        return this;
    }

    /** Without any property there is no record, since something must be set. */
    public SettingsContract<T> hasNoDefaults() {
        assertThatThrownBy(() -> bind(Map.of())).isInstanceOf(BindException.class);
        return this;
    }

    /**
     * The properties, which say something else than the defaults and leave nothing out, make {@code expected}: each
     * component has its property by its whole name and takes its value from it.
     */
    public void isWritten(Map<String, String> properties, T expected) {
        assertThat(bind(properties)).isEqualTo(expected);
        for (String name : names(type, prefix)) {
            Map<String, String> others = new HashMap<>(properties);
            others.keySet()
                    .removeIf(key -> key.equals(name) || key.startsWith(name + ".") || key.startsWith(name + "["));
            assertThat(others).as("properties without %s", name).hasSizeLessThan(properties.size());
            assertThat(boundOrNull(others)).as("what is bound without %s", name).isNotEqualTo(expected);
        }
    }

    private T bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate(
                        prefix,
                        Bindable.of(type),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT, anySource -> true));
    }

    private @Nullable T boundOrNull(Map<String, String> properties) {
        try {
            return bind(properties);
        } catch (BindException e) {
            return null;
        }
    }

    private static List<String> names(Class<?> type, String prefix) {
        List<String> names = new ArrayList<>();
        for (Parameter component : canonicalConstructor(type).getParameters()) {
            Name written = component.getAnnotation(Name.class);
            String own = written == null ? kebab(component.getName()) : written.value();
            String name = own.isEmpty() ? prefix : prefix + "." + own;
            names.addAll(component.getType().isRecord() ? names(component.getType(), name) : List.of(name));
        }
        return names;
    }

    private static Constructor<?> canonicalConstructor(Class<?> record) {
        Class<?>[] types = Arrays.stream(record.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return record.getDeclaredConstructor(types);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e); // every record has it
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
