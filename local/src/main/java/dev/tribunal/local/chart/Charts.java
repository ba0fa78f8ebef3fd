package dev.tribunal.local.chart;

import dev.tribunal.local.chart.ChartSpecs.AlarmTable;
import dev.tribunal.local.chart.ChartSpecs.Curves;
import dev.tribunal.local.chart.ChartSpecs.Fronts;
import dev.tribunal.local.chart.ChartSpecs.Intervals;
import dev.tribunal.local.chart.ChartSpecs.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Draws what a file of charts asks for. */
public final class Charts {

    private Charts() {}

    /**
     * @param folder has the CSV files and is given the charts
     * @return the files
     * @throws java.nio.file.NoSuchFileException if data are not there
     */
    public static List<Path> draw(ChartSpecs charts, Path folder) throws IOException {
        ChartData data = new ChartData(folder);
        List<Path> drawn = new ArrayList<>();
        for (Curves curves : charts.curves()) {
            drawn.add(Files.writeString(folder.resolve(curves.file()), CurvesChart.draw(curves, charts, data)));
        }
        for (Intervals intervals : charts.intervals()) {
            drawn.add(
                    Files.writeString(folder.resolve(intervals.file()), IntervalsChart.draw(intervals, charts, data)));
        }
        for (Fronts fronts : charts.fronts()) {
            drawn.add(Files.writeString(folder.resolve(fronts.file()), FrontsChart.draw(fronts, charts, data)));
        }
        if (charts.document() != null) {
            Path document = folder.resolve(charts.document()).normalize();
            for (Table table : charts.tables()) {
                drawn.add(MarkdownTables.put(document, table.name(), MarkdownTables.of(table, charts, data)));
            }
            for (AlarmTable table : charts.alarms()) {
                drawn.add(MarkdownTables.put(document, table.name(), MarkdownTables.of(table, charts, data)));
            }
        }
        return drawn;
    }
}
