using System.Text;

namespace Weerbaarheid.Relay.Commands;

/// <summary>Asks on the terminal for what must not be shown.</summary>
internal static class SecretPrompt
{
    private const int Longest = 1024;

    /// <summary>Reads a line that nobody sees.</summary>
    /// <returns>Null when it was left with Ctrl-C or Ctrl-D.</returns>
    public static string? Ask(string question, TextWriter terminal)
    {
        terminal.Write($"{question}: ");
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    terminal.WriteLine();
                    return typed.ToString();
                case ConsoleKey.Backspace when typed.Length > 0:
                    typed.Length--;
                    break;
                case ConsoleKey.D when key.Modifiers.HasFlag(ConsoleModifiers.Control):
                    terminal.WriteLine();
                    return null;
                default:
                    if (!char.IsControl(key.KeyChar) && typed.Length < Longest) typed.Append(key.KeyChar);
                    break;
            }
        }
    }
}
