// Evaluates expressions, one a line, with Apache Commons JEXL 3.1 in strict arithmetic: a second opinion on the mapping
// language for src/prep/jexl_oracle_test.cc. Run as `java -cp <jars> Jexl.java < expressions > results`.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.jexl3.JexlBuilder;
import org.apache.commons.jexl3.JexlEngine;
import org.apache.commons.jexl3.MapContext;

public class Jexl {
  /** Text in quotes, numbers in Java's form, arrays in brackets. */
  static String shown(Object value) {
    if (value == null) return "null";
    if (value instanceof CharSequence || value instanceof Character) return "'" + value + "'";
    if (value instanceof Number) return "#" + ((Number) value).doubleValue();
    StringBuilder text = new StringBuilder("[");
    if (value instanceof Iterable) {
      for (Object item : (Iterable<?>) value) text.append(shown(item)).append(",");
      return text.append("]").toString();
    }
    if (!value.getClass().isArray()) return value.toString();
    for (int i = 0; i < java.lang.reflect.Array.getLength(value); i++) text.append(shown(java.lang.reflect.Array.get(value, i))).append(",");
    return text.append("]").toString();
  }

  static String result(JexlEngine engine, MapContext context, String line) {
    try {
      var expression = engine.createExpression(line);
      try {
        return shown(expression.evaluate(context));
      } catch (Exception error) {
        return "error";
      }
    } catch (Exception error) {
      return "invalid";
    }
  }

  public static void main(String[] arguments) throws Exception {
    JexlEngine engine = new JexlBuilder().strict(true).silent(false).create();
    MapContext context = new MapContext();
    context.set("i", 4);
    context.set("d", 2.5);
    context.set("s", "str");
    context.set("t", true);
    context.set("num", "8");
    context.set("n", null);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) out.println(result(engine, context, line));
    out.flush();
  }
}
