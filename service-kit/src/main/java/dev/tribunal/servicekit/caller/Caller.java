package dev.tribunal.servicekit.caller;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * For whom the work at hand is done. What a thread does without a request, it does for the platform itself.
 *
 * @param name of the token, for people
 * @param namespaces whose resources may be seen and changed; null for all
 * @param namespace that what is created goes into
 */
public record Caller(String name, @Nullable Set<String> namespaces, String namespace) {

    /** What says nothing about its namespace is in this one. */
    public static final String DEFAULT_NAMESPACE = "default";

    /** Its resources are seen by everyone, and changed by whom it is given to. */
    public static final String SHARED_NAMESPACE = "shared";

    /** Stands for all namespaces where a token's namespaces are written. */
    public static final String ALL = "*";

    /** Of a namespace's name. */
    public static final String PATTERN = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

    /** Begins the names of the headers between services. */
    public static final String HEADER_PREFIX = "X-Tribunal-";

    private static final String NAME_HEADER = HEADER_PREFIX + "Caller";
    private static final String NAMESPACES_HEADER = HEADER_PREFIX + "Namespaces";
    private static final String NAMESPACE_HEADER = HEADER_PREFIX + "Namespace";
    private static final Pattern NAMESPACE = Pattern.compile(PATTERN);

    /** Does all by itself, and sees everything. */
    public static final Caller PLATFORM = new Caller("platform", null, DEFAULT_NAMESPACE);

    private static final ThreadLocal<@Nullable Caller> CURRENT = new ThreadLocal<>();

    public Caller {
        namespaces = namespaces == null ? null : Set.copyOf(namespaces);
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw new IllegalArgumentException("'" + namespace + "' is not a namespace");
        }
    }

    /** Of the thread's work. */
    public static Caller current() {
        Caller caller = CURRENT.get();
        return caller == null ? PLATFORM : caller;
    }

    /** Does work for this caller, on this thread. */
    public <T extends @Nullable Object> T run(Supplier<T> work) {
        @Nullable Caller before = CURRENT.get();
        CURRENT.set(this);
        try {
            return work.get();
        } finally {
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
        }
    }

    /** Whether what is in a namespace may be seen. */
    public boolean sees(String itsNamespace) {
        return itsNamespace.equals(SHARED_NAMESPACE) || changes(itsNamespace);
    }

    /** Whether what is in a namespace may be changed. */
    public boolean changes(String itsNamespace) {
        return namespaces == null || namespaces.contains(itsNamespace);
    }

    /** The namespaces that {@link #sees} is true of, with commas between them, for a query; null for all. */
    public @Nullable String visible() {
        if (namespaces == null) {
            return null;
        }
        Set<String> all = new TreeSet<>(namespaces);
        all.add(SHARED_NAMESPACE);
        return String.join(",", all);
    }

    /** Says it to another service, in place of whatever the headers said before. */
    public void writeTo(HttpHeaders headers) {
        headers.set(NAME_HEADER, name);
        headers.set(NAMESPACES_HEADER, namespaces == null ? ALL : String.join(",", new TreeSet<>(namespaces)));
        headers.set(NAMESPACE_HEADER, namespace);
    }

    /** As {@link #writeTo}, but the platform itself, which is whom a service works for if it is told nothing, is not told. */
    public void tell(HttpHeaders headers) {
        if (!equals(PLATFORM)) {
            writeTo(headers);
        }
    }

    /**
     * What a service was told; the platform if it was told nothing.
     *
     * @param headers beside the services' own token
     * @throws IllegalArgumentException if only a part was told, or something was told twice
     */
    static Caller readFrom(HttpHeaders headers) {
        String name = one(headers, NAME_HEADER);
        String namespaces = one(headers, NAMESPACES_HEADER);
        String namespace = one(headers, NAMESPACE_HEADER);
        if (name == null && namespaces == null && namespace == null) {
            return PLATFORM;
        }
        if (name == null || namespaces == null || namespace == null) {
            throw new IllegalArgumentException("the headers of the caller are not complete");
        }
        return new Caller(
                name,
                namespaces.equals(ALL) ? null : new LinkedHashSet<>(Arrays.asList(namespaces.split(","))),
                namespace);
    }

    private static @Nullable String one(HttpHeaders headers, String name) {
        var values = headers.getOrEmpty(name);
        if (values.size() > 1) {
            throw new IllegalArgumentException(name + " is given " + values.size() + " times");
        }
        return values.isEmpty() ? null : values.getFirst();
    }
}
