package dev.tribunal.servicekit.testing;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The order of a module's packages: each knows those before it only, so there are no cycles and no edges that point
 * backwards. The root package is not looked at.
 */
public final class PackageOrder {

    private PackageOrder() {}

    /**
     * @param root of the module's packages
     * @param packages below the root, all of them; one that is named with a dot is a package of its own
     * @throws AssertionError naming each edge that points backwards, and each package that has no place
     */
    public static void holds(String root, String... packages) {
        List<String> order = List.of(packages);
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(new DoNotIncludeTests())
                .importPackages(root);
        Set<String> faults = new TreeSet<>();
        for (JavaClass from : classes) {
            String own = place(from, root, order);
            if (own.isEmpty()) {
                continue;
            }
            if (!order.contains(own)) {
                faults.add("package " + own + " has no place in the order");
                continue;
            }
            from.getDirectDependenciesFromSelf().forEach(dependency -> {
                String other = place(dependency.getTargetClass(), root, order);
                if (order.indexOf(other) > order.indexOf(own)) {
                    faults.add(own + " knows " + other + ", which stands later: " + dependency.getDescription());
                }
            });
        }
        if (!faults.isEmpty()) {
            throw new AssertionError(String.join("\n", faults));
        }
    }

    /** The longest name in the order that holds the class; its first name below the root if none does. */
    private static String place(JavaClass type, String root, List<String> order) {
        String name = type.getPackageName();
        if (!name.startsWith(root + ".")) {
            return "";
        }
        String below = name.substring(root.length() + 1);
        return order.stream()
                .filter(place -> below.equals(place) || below.startsWith(place + "."))
                .max((a, b) -> Integer.compare(a.length(), b.length()))
                .orElse(below);
    }
}
